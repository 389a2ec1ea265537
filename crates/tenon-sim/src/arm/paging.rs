//! Pages of a list and the address of the next.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Map, Value, json};

use super::reply::Reply;
use crate::call::{Call, encode};
use crate::state::State;

/// How many entries a page holds where neither the world nor the type says.
const DEFAULT_PAGE: usize = 1000;

/// Where a list goes on: the last key of the page before.
pub(crate) fn after(call: &Call) -> Option<String> {
    let token = call.query("$skiptoken")?;
    String::from_utf8(URL_SAFE_NO_PAD.decode(token).ok()?).ok()
}

/// How many entries a page of a type holds.
pub(crate) fn size(state: &State, call: &Call, type_name: &str, built_in: usize) -> usize {
    let sizes = &state.world.settings.page_sizes;
    let own = sizes
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(type_name));
    let set = own
        .map(|(_, size)| *size)
        .or_else(|| sizes.get("default").copied());
    let most = set
        .unwrap_or(if built_in == 0 {
            DEFAULT_PAGE
        } else {
            built_in
        })
        .max(1);
    let asked = call.query("$top").and_then(|top| top.parse().ok());
    asked.map_or(most, |asked: usize| asked.clamp(1, most))
}

/// One page of keyed entries that come in order.
pub(crate) fn page<'e, T>(
    call: &Call,
    size: usize,
    entries: impl Iterator<Item = (String, &'e T)>,
    show: impl Fn(&'e T) -> Value,
) -> Reply
where
    T: 'e,
{
    let after = after(call);
    let mut rest = entries.skip_while(|(key, _)| after.as_ref().is_some_and(|last| key <= last));
    let mut shown = Vec::new();
    let mut last = String::new();
    for (key, entry) in rest.by_ref().take(size) {
        shown.push(show(entry));
        last = key;
    }
    // Moved: the macro would copy every entry.
    let mut body = Map::from_iter([("value".to_owned(), Value::Array(shown))]);
    if rest.next().is_some() {
        body.insert("nextLink".to_owned(), json!(next_link(call, &last)));
    }
    Reply::json(200, Value::Object(body))
}

fn next_link(call: &Call, last: &str) -> String {
    let kept = call.query_text.split('&').filter(|pair| {
        let name = pair.split('=').next().unwrap_or_default();
        !pair.is_empty() && !crate::call::decode(name).eq_ignore_ascii_case("$skiptoken")
    });
    let kept: Vec<&str> = kept.collect();
    let token = URL_SAFE_NO_PAD.encode(last);
    let path = call
        .path
        .split('/')
        .map(encode)
        .collect::<Vec<_>>()
        .join("/");
    format!(
        "{}{path}?{}&%24skiptoken={token}",
        call.base,
        kept.join("&")
    )
}
