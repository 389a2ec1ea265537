//! What is around every page: head, style, script, and the policy.

use tenon_model::canonical;
use tenon_model::plan::Plan;

use crate::markup::{Page, tag};
use crate::picture::svg::{DARK, LIGHT, STYLE};
use crate::timeline::svg::BARS;

/// The sheet, around the colours. Paper is light.
const SHEET: [&str; 10] = [
    ":root{",
    LIGHT,
    "}@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){",
    DARK,
    "}}@media screen{:root[data-theme=dark]{",
    DARK,
    "}}",
    STYLE,
    BARS,
    include_str!("page.css"),
];
const SCRIPT: &str = include_str!("page.js");

/// Returns a whole page.
pub(super) fn page(title: &str, body: impl FnOnce(&mut Page)) -> String {
    let mut page = Page::default();
    page.literal("<!doctype html>\n");
    page.within(tag("html").with("lang", "en"), |page| {
        page.within(tag("head"), |page| head(title, page));
        page.end_line();
        page.within(tag("body"), |page| {
            page.leaf(
                tag("a").class("skip").with("href", "#main"),
                "Skip to the content",
            );
            body(page);
            page.within(tag("script"), |page| {
                page.literal(SCRIPT);
            });
        });
    });
    page.end_line();
    page.finish()
}

fn head(title: &str, page: &mut Page) {
    page.open(tag("meta").with("charset", "utf-8"));
    let policy = tag("meta").with("http-equiv", "Content-Security-Policy");
    page.open(policy.with("content", policy_text()));
    let viewport = tag("meta").with("name", "viewport");
    page.open(viewport.with("content", "width=device-width, initial-scale=1"));
    let scheme = tag("meta").with("name", "color-scheme");
    page.open(scheme.with("content", "light dark"));
    page.open(
        tag("meta")
            .with("name", "referrer")
            .with("content", "no-referrer"),
    );
    page.leaf(tag("title"), title);
    page.within(tag("style"), |page| {
        for part in SHEET {
            page.literal(part);
        }
    });
}

/// Nothing may be fetched, sent or framed; only this sheet and this script
/// count.
fn policy_text() -> String {
    format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; \
         form-action 'none'",
        base64(&canonical::hash(SHEET.concat().as_bytes())),
        base64(&canonical::hash(SCRIPT.as_bytes())),
    )
}

/// Base64 with padding (RFC 4648, section 4).
fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let byte = |at: usize| u32::from(chunk.get(at).copied().unwrap_or(0));
        let whole = byte(0) << 16 | byte(1) << 8 | byte(2);
        for at in 0..4 {
            let index = (whole >> (18 - 6 * at)) & 63;
            out.push(if at <= chunk.len() {
                char::from(ALPHABET[index as usize])
            } else {
                '='
            });
        }
    }
    out
}

/// Who made it, of what.
pub(super) fn footer(plan: &Plan, page: &mut Page) {
    page.within(tag("footer"), |page| {
        let tool = format!("{} {}", plan.tool.name, plan.tool.version);
        page.leaf(
            tag("p"),
            &format!("Made by {tool}. What would be done has the digest"),
        );
        page.within(tag("p"), |page| {
            page.leaf(tag("code"), &plan.digest);
        });
    });
}

#[cfg(test)]
mod tests {
    use super::base64;

    #[test]
    fn base64_pads() {
        let texts = ["", "f", "fo", "foo", "foob", "fooba", "foobar"];
        let said = [
            "", "Zg==", "Zm8=", "Zm9v", "Zm9vYg==", "Zm9vYmE=", "Zm9vYmFy",
        ];
        for (text, said) in texts.iter().zip(said) {
            assert_eq!(base64(text.as_bytes()), said);
        }
    }
}
