use super::{Page, tag};

#[test]
fn names_are_no_markup() {
    let evil = "</script><!-- \"'&\u{202e}\u{0}\n";
    let mut page = Page::default();
    page.within(tag("p").class("a").with("title", evil), |page| {
        page.text(evil);
    });
    let escaped = "&lt;/script&gt;&lt;!-- &quot;&#39;&amp;\\u{202e}\\u{0}\\n";
    assert_eq!(
        page.finish(),
        format!("<p class=\"a\" title=\"{escaped}\">{escaped}</p>")
    );
}
