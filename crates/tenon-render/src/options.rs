//! How text is to look.

/// How text is to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Columns of the screen or page. Values are never broken to fit.
    pub width: usize,
    /// Which signs may be used.
    pub glyphs: Glyphs,
    /// How much is told.
    pub depth: Depth,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            width: 100,
            glyphs: Glyphs::Unicode,
            depth: Depth::Normal,
        }
    }
}

/// Which signs may be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Glyphs {
    /// Arrows, ellipses and other signs beyond ASCII.
    #[default]
    Unicode,
    /// Only ASCII in our own words. Names and values stay as they are.
    Ascii,
}

impl Glyphs {
    /// What stands in ASCII for one of the signs that our words use.
    pub(crate) fn ascii(sign: char) -> Option<&'static str> {
        Some(match sign {
            '→' => "->",
            '…' => "...",
            '·' => "|",
            '‹' => "<",
            '›' => ">",
            '×' => "x",
            '–' => "-",
            _ => return None,
        })
    }
}

/// How much is told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Depth {
    /// Who, where, and the summary.
    Summary,
    /// What a reviewer needs.
    #[default]
    Normal,
    /// Every resource by itself, ids in full.
    Full,
}
