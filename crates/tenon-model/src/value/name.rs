//! Names of members, each kept once.
//!
//! The bodies of ten thousand resources have millions of members and some
//! hundred names. One text for each name is less memory than a text for each
//! member, and less work to make, to copy and to drop.

use std::cell::RefCell;
use std::collections::HashSet;
use std::sync::Arc;

/// How many names a thread keeps: nobody's tags may fill the memory.
const MOST: usize = 2_048;
/// The longest name that is kept, in bytes: longer ones are hardly Azure's.
const LONGEST: usize = 48;

thread_local! {
    // Nobody walks through it: what comes out depends on no order.
    static KEPT: RefCell<HashSet<Arc<str>>> = RefCell::default();
}

/// The name that is spelled `text`.
pub(super) fn name(text: &str) -> Arc<str> {
    if text.len() > LONGEST {
        return Arc::from(text);
    }
    KEPT.with_borrow_mut(|kept| {
        if let Some(name) = kept.get(text) {
            return Arc::clone(name);
        }
        let name: Arc<str> = Arc::from(text);
        if kept.len() < MOST {
            kept.insert(Arc::clone(&name));
        }
        name
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_kept_once_and_names_without_end_are_not_kept() {
        assert!(Arc::ptr_eq(&name("properties"), &name("properties")));
        let long = "x".repeat(LONGEST + 1);
        assert!(!Arc::ptr_eq(&name(&long), &name(&long)));
        for number in 0..2 * MOST {
            assert_eq!(*name(&number.to_string()), number.to_string());
        }
        assert_eq!(KEPT.with_borrow(HashSet::len), MOST);
    }
}
