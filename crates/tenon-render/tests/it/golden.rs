//! Golden texts, one file each under `tests/golden`.

use tenon_render::{Depth, Glyphs, Options};

/// Checks `text` against the golden text `name`.
pub(crate) fn check(name: &str, text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("../golden");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(name, text));
}

/// Options for a page of so many columns.
pub(crate) fn wide(width: usize) -> Options {
    Options {
        width,
        glyphs: Glyphs::Unicode,
        depth: Depth::Normal,
    }
}
