//! JSON of the wire as values.
//!
//! [`Value`] itself reads the member `$tenon` as a name for something that is
//! known later. That is right for our own documents and wrong for what Azure
//! answers: there it is somebody's tag, and a tag must neither name a secret
//! nor make a page unreadable. So bodies are read here, where nothing is ever
//! later.

use tenon_model::Value;
use tenon_model::value::Plain;

/// Reads a body; none at all is null.
pub(crate) fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    if bytes.trim_ascii().is_empty() {
        return Ok(Value::Null);
    }
    Ok(serde_json::from_slice::<Plain>(bytes)?.0)
}

/// One page of a list.
#[derive(serde::Deserialize)]
pub(crate) struct Page {
    value: Vec<Plain>,
    #[serde(default, rename = "nextLink")]
    pub(crate) next: Option<String>,
}

impl Page {
    /// The elements.
    pub(crate) fn into_values(self) -> Vec<Value> {
        self.value.into_iter().map(|plain| plain.0).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Page, parse};

    #[test]
    fn a_tag_with_our_own_mark_stays_a_tag() {
        let live = parse(br#"{"tags":{"$tenon":"x"}}"#).unwrap();
        assert!(!live.has_later());
        assert_eq!(live.at(&["tags", "$tenon"]).unwrap().as_text(), Some("x"));
    }

    #[test]
    fn an_empty_body_is_null() {
        assert!(parse(b" \r\n").unwrap().is_null());
    }

    #[test]
    fn a_page_without_elements_is_no_page() {
        assert!(serde_json::from_slice::<Page>(br#"{"id":"/x"}"#).is_err());
        let page: Page = serde_json::from_slice(br#"{"value":[1],"nextLink":null}"#).unwrap();
        assert!(page.next.is_none());
        assert_eq!(page.into_values().len(), 1);
    }
}
