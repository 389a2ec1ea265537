//! Lists, page by page.

use std::collections::HashSet;

use tenon_model::Value;
use tenon_model::transport::{Read, Refusal};

use crate::arm::{Arm, Call, unheard};
use crate::body::Page;
use crate::cloud::shown;
use crate::http::Url;

/// Reads a list to its end; returns the number of pages.
pub(crate) async fn run(
    arm: &Arm,
    read: &Read,
    page: &mut (dyn FnMut(Vec<Value>) + Send),
) -> Result<usize, Refusal> {
    let mut call = Call::read(arm, read)?;
    let mut seen = HashSet::from([call.url.as_str().to_owned()]);
    loop {
        let response = arm.accepted(&call, &unheard).await?;
        let parsed: Page = serde_json::from_slice(&response.body).map_err(|error| {
            let message = format!("the answer is no page of a list: {error}");
            arm.asked(&call).unreadable(&response, &message)
        })?;
        let next = parsed.next.clone().filter(|next| !next.is_empty());
        page(parsed.into_values());
        let Some(next) = next else {
            return Ok(seen.len());
        };
        call.url = follow(arm, &call, &next)?;
        if !seen.insert(call.url.as_str().to_owned()) {
            let message = "the list comes back to a page that was already read";
            return Err(arm.asked(&call).local("EndlessList", message));
        }
    }
}

/// Checks the address of the next page. It is followed as it is written, but
/// only where the first page came from: the token goes along.
fn follow(arm: &Arm, call: &Call<'_>, next: &str) -> Result<Url, Refusal> {
    let refused = |message: &str| arm.asked(call).local("AddressRefused", message);
    let url = call.url.join(next);
    let url = url.map_err(|_| refused("the address of the next page is not a URL"))?;
    if !arm.cloud.arm.is_origin_of(&url) {
        let shown = shown(&url);
        return Err(refused(&format!(
            "the next page is at `{shown}`, not at {}",
            arm.cloud.arm
        )));
    }
    Ok(url)
}

#[cfg(test)]
mod tests;
