//! The licences of everything that is built into the program.
//!
//! A small check of our own, because it must run everywhere: cargo-deny, which
//! also looks at advisories, is not installed on every machine. It reads
//! cargo's own answer about all dependencies on all platforms.

use crate::{Outcome, metadata};

/// Licences that a dependency may have.
const ALLOWED: &[&str] = &[
    "MIT",
    "MIT-0",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "Unicode-3.0",
    "0BSD",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
];

/// Runs the chore.
pub(crate) fn check() -> Outcome {
    let metadata = metadata::read(&["--locked"]).map_err(|problem| vec![problem])?;
    let packages = metadata::packages(&metadata);
    let problems: Vec<String> = packages
        .iter()
        .filter_map(|package| {
            let licence = metadata::text(package, "license");
            let (name, version) = (
                metadata::text(package, "name"),
                metadata::text(package, "version"),
            );
            match allowed(licence) {
                Ok(true) => None,
                Ok(false) => Some(format!(
                    "{name} {version} has the licence `{licence}`, which is not on the list"
                )),
                Err(why) => Some(format!("{name} {version}: `{licence}`: {why}")),
            }
        })
        .collect();
    if problems.is_empty() {
        return Ok(format!(
            "the licences of {} packages are fine",
            packages.len()
        ));
    }
    Err(problems)
}

/// Whether an SPDX expression can be met with licences of the list.
fn allowed(expression: &str) -> Result<bool, &'static str> {
    // Older manifests write `MIT/Apache-2.0` for `OR`.
    let spaced = expression
        .replace('/', " OR ")
        .replace('(', " ( ")
        .replace(')', " ) ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut reader = Reader { words: &words };
    let met = reader.any()?;
    if reader.words.is_empty() {
        Ok(met)
    } else {
        Err("this licence expression cannot be read")
    }
}

struct Reader<'a> {
    words: &'a [&'a str],
}

impl Reader<'_> {
    fn take(&mut self, word: &str) -> bool {
        let found = self.words.first() == Some(&word);
        if found {
            self.words = &self.words[1..];
        }
        found
    }

    /// `A OR B`.
    fn any(&mut self) -> Result<bool, &'static str> {
        let mut met = self.all()?;
        while self.take("OR") {
            met |= self.all()?;
        }
        Ok(met)
    }

    /// `A AND B`, which binds tighter.
    fn all(&mut self) -> Result<bool, &'static str> {
        let mut met = self.one()?;
        while self.take("AND") {
            met &= self.one()?;
        }
        Ok(met)
    }

    fn one(&mut self) -> Result<bool, &'static str> {
        if self.take("(") {
            let met = self.any()?;
            return if self.take(")") {
                Ok(met)
            } else {
                Err("a `)` is missing")
            };
        }
        let Some((name, rest)) = self.words.split_first() else {
            return Err("there is no licence");
        };
        self.words = rest;
        if !self.take("WITH") {
            return Ok(ALLOWED.contains(name));
        }
        let Some((exception, rest)) = self.words.split_first() else {
            return Err("there is no exception after WITH");
        };
        self.words = rest;
        Ok(ALLOWED.contains(&format!("{name} WITH {exception}").as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::{allowed, check};

    #[test]
    fn the_licences_of_all_dependencies_are_fine() {
        assert_eq!(check().err().unwrap_or_default(), Vec::<String>::new());
    }

    #[test]
    fn an_expression_is_met_by_one_way_through_it() {
        for fine in [
            "MIT",
            "MIT OR Apache-2.0",
            "MIT/Apache-2.0",
            "GPL-3.0 OR MIT",
            "Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT",
            "(MIT OR Apache-2.0) AND Unicode-3.0",
            "ISC AND (Apache-2.0 OR ISC)",
        ] {
            assert_eq!(allowed(fine), Ok(true), "{fine}");
        }
        for wrong in [
            "GPL-3.0",
            "MIT AND GPL-3.0",
            "Apache-2.0 WITH Classpath-exception-2.0",
            "(MIT AND OpenSSL) OR GPL-2.0",
        ] {
            assert_eq!(allowed(wrong), Ok(false), "{wrong}");
        }
        for broken in ["", "MIT OR", "(MIT", "MIT Apache-2.0", "MIT WITH"] {
            assert!(allowed(broken).is_err(), "{broken}");
        }
    }
}
