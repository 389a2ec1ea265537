//! Diagnostics: the messages of the guide from data, and hostile text.

use tenon_model::place::Sources;
use tenon_model::{Code, Diagnostic, Help, Place};

use crate::golden::wide;

/// The place of `what`, the n-th from 0, in `text`.
fn at(file: &str, text: &str, what: &str, nth: usize) -> Place {
    let start = text.match_indices(what).nth(nth).expect("it is there").0;
    let before = &text[..start];
    let begin = before.rfind('\n').map_or(0, |newline| newline + 1);
    Place {
        file: file.into(),
        line: u32::try_from(before.matches('\n').count()).expect("short") + 1,
        column: u32::try_from(text[begin..start].chars().count()).expect("short") + 1,
        start,
        end: start + what.len(),
    }
}

fn show_at(width: usize, files: &[(&str, &str)], list: &[Diagnostic]) -> String {
    let mut sources = Sources::default();
    for (file, text) in files {
        sources.insert(file, text);
    }
    let text = tenon_render::diagnostics(list, &sources, &wide(width)).plain();
    assert!(text.lines().all(|line| line == line.trim_end()));
    text
}

fn show(text: &str, diagnostic: Diagnostic) -> String {
    show_at(120, &[("specs/web.yaml", text)], &[diagnostic])
}

/// A text that begins on the given line.
fn from_line(number: usize, text: &str) -> String {
    format!("{}{text}", "\n".repeat(number - 1))
}

#[test]
fn tn1001() {
    let text = from_line(15, "  web:\n    size: Standard_D2s_v5\n   zone: \"1\"\n");
    let place = |what| at("specs/web.yaml", &text, what, 0);
    let parent = Place {
        end: place("  web:").start,
        ..place("  web:")
    };
    let diagnostic = Diagnostic::error(
        Code::InvalidYaml,
        "this line is indented less than its neighbours, so YAML cannot tell what it belongs to",
    )
    .at(&place("zone"), "this one starts in column 4")
    .context(&parent, "")
    .context(&place("size"), "keys of `web` start in column 5")
    .help(Help::text("add one space before `zone`"));
    insta::assert_snapshot!(show(&text, diagnostic), @r#"
    error[TN1001]: this line is indented less than its neighbours, so YAML cannot tell what it belongs to
      --> specs/web.yaml:17:4
       |
    15 |   web:
    16 |     size: Standard_D2s_v5
       |     ---- keys of `web` start in column 5
    17 |    zone: "1"
       |    ^^^^ this one starts in column 4
       |
    help: add one space before `zone`
    "#);
}

#[test]
fn tn1004() {
    let text = from_line(17, "    zoen: \"1\"\n");
    let diagnostic = Diagnostic::error(Code::UnknownKey, "unknown key `zoen` in vms.web")
        .at(&at("specs/web.yaml", &text, "zoen", 0), "did you mean `zone`?")
        .note("known keys here: admin_username, count, data_disks, image, location, nsg, size, subnet, zone, zones, and 19 more")
        .help(Help::text("tenon schema spec --at vms.*    lists them all with their defaults"));
    insta::assert_snapshot!(show(&text, diagnostic), @r#"
    error[TN1004]: unknown key `zoen` in vms.web
      --> specs/web.yaml:17:5
       |
    17 |     zoen: "1"
       |     ^^^^ did you mean `zone`?
       |
       = known keys here: admin_username, count, data_disks, image, location, nsg, size, subnet, zone, zones, and 19 more
    help: tenon schema spec --at vms.*    lists them all with their defaults
    "#);
}

#[test]
fn tn1202() {
    let rule = "      allow-db: {priority: 120, port: 5432, from: \"${vms.db.private_ip}\"}\n";
    let text = format!(
        "{}{}        subnet: web-vnet/app\n",
        from_line(31, rule),
        "\n".repeat(12)
    );
    let place = |what| at("specs/web.yaml", &text, what, 0);
    let diagnostic = Diagnostic::error(
        Code::Cycle,
        "these references go round in a circle, so nothing can be created first",
    )
    .at(
        &place("web-vnet/app"),
        "1. vms.db needs the subnet, which needs nsgs.web-nsg",
    )
    .context(&place("vms.db.private_ip"), "2. nsgs.web-nsg needs vms.db")
    .note("circle: vms.db → networks.web-vnet.subnets.app → nsgs.web-nsg → vms.db")
    .help(Help::text(
        "give db a fixed address (private_ip: 10.20.1.20) and use that address in the rule",
    ))
    .help(Help::text("tenon graph --cycle   draws it"));
    insta::assert_snapshot!(show(&text, diagnostic), @r#"
    error[TN1202]: these references go round in a circle, so nothing can be created first
      --> specs/web.yaml:44:17
       |
    31 |       allow-db: {priority: 120, port: 5432, from: "${vms.db.private_ip}"}
       |                                                      ----------------- 2. nsgs.web-nsg needs vms.db
    44 |         subnet: web-vnet/app
       |                 ^^^^^^^^^^^^ 1. vms.db needs the subnet, which needs nsgs.web-nsg
       |
       = circle: vms.db → networks.web-vnet.subnets.app → nsgs.web-nsg → vms.db
    help: give db a fixed address (private_ip: 10.20.1.20) and use that address in the rule
    help: tenon graph --cycle   draws it
    "#);
}

fn not_replicated() -> (String, Diagnostic) {
    let text = from_line(20, "  web:\n");
    let diagnostic = Diagnostic::error(
        Code::ImageNotReplicated,
        "image web 1.4.2 is not available in westeurope",
    )
    .at(
        &at("specs/web.yaml", &text, "web", 0),
        "channel 1.4.x, pinned to 1.4.2 by tenon.lock:4",
    )
    .note("replicas: northeurope completed; westeurope in progress, 64 %")
    .note("needed by vms.web-1, vms.web-2, vms.web-3, vms.web-4")
    .note("Azure would answer: 404 GalleryImageNotFound")
    .help(Help::command("wait", "tenon plan --wait-for-image 30m"))
    .help(Help::command(
        "stay on 1.4.1 for now",
        "tenon update web --to 1.4.1",
    ))
    .help(Help::command(
        "if you own the gallery, add the region there",
        "replicate_to: {westeurope: 3}",
    ));
    (text, diagnostic)
}

#[test]
fn tn3104() {
    let (text, diagnostic) = not_replicated();
    insta::assert_snapshot!(show(&text, diagnostic), @r"
    error[TN3104]: image web 1.4.2 is not available in westeurope
      --> specs/web.yaml:20:3
       |
    20 |   web:
       |   ^^^ channel 1.4.x, pinned to 1.4.2 by tenon.lock:4
       |
       = replicas: northeurope completed; westeurope in progress, 64 %
       = needed by vms.web-1, vms.web-2, vms.web-3, vms.web-4
       = Azure would answer: 404 GalleryImageNotFound
    help: wait:                   tenon plan --wait-for-image 30m
    help: stay on 1.4.1 for now:  tenon update web --to 1.4.1
    help: if you own the gallery, add the region there:  replicate_to: {westeurope: 3}
    ");
}

#[test]
fn tn3104_on_a_phone() {
    let (text, diagnostic) = not_replicated();
    let shown = show_at(60, &[("specs/web.yaml", &text)], &[diagnostic]);
    insta::assert_snapshot!(shown, @r"
    error[TN3104]: image web 1.4.2 is not available in
      westeurope
      --> specs/web.yaml:20:3
       |
    20 |   web:
       |   ^^^ channel 1.4.x, pinned to 1.4.2 by tenon.lock:4
       |
       = replicas: northeurope completed; westeurope in
         progress, 64 %
       = needed by vms.web-1, vms.web-2, vms.web-3, vms.web-4
       = Azure would answer: 404 GalleryImageNotFound
    help: wait:
          tenon plan --wait-for-image 30m
    help: stay on 1.4.1 for now:  tenon update web --to 1.4.1
    help: if you own the gallery, add the region there:
          replicate_to: {westeurope: 3}
    ");
}

#[test]
fn tn3011() {
    let text = from_line(
        10,
        "  contoso: {id: 22222222-2222-2222-2222-222222222222}\n",
    );
    let diagnostic = Diagnostic::error(
        Code::ConsentMissing,
        "contoso (22222222…) does not know the application 7d5f0c1e-…; an administrator of contoso must allow it once",
    )
    .at(&at("specs/web.yaml", &text, "contoso", 0), "")
    .note("AADSTS700016 from login.microsoftonline.com, correlation 0b7e…, 2026-08-22 09:14:08Z")
    .note("the same application signs in to acme (11111111…), so its id and secret are right; only the service principal in contoso is missing")
    .help(Help::command(
        "an administrator of contoso opens this address and accepts (the redirect must be one registered on the application)",
        "https://login.microsoftonline.com/22222222-2222-2222-2222-222222222222/oauth2/authorize?client_id=7d5f0c1e-…&response_type=code&redirect_uri=https%3A%2F%2Fwww.microsoft.com%2F",
    ))
    .help(Help::command(
        "or, without a browser, as an administrator of contoso",
        "az login --tenant 22222222-2222-2222-2222-222222222222 && az ad sp create --id 7d5f0c1e-…\nthen give it a role there:  az role assignment create --assignee 7d5f0c1e-… --role Contributor",
    ));
    insta::assert_snapshot!(show(&text, diagnostic), @r"
    error[TN3011]: contoso (22222222…) does not know the application 7d5f0c1e-…; an administrator of contoso must allow it
      once
      --> specs/web.yaml:10:3
       |
    10 |   contoso: {id: 22222222-2222-2222-2222-222222222222}
       |   ^^^^^^^
       |
       = AADSTS700016 from login.microsoftonline.com, correlation 0b7e…, 2026-08-22 09:14:08Z
       = the same application signs in to acme (11111111…), so its id and secret are right; only the service principal in
         contoso is missing
    help: an administrator of contoso opens this address and accepts (the redirect must be one registered on the
          application):
          https://login.microsoftonline.com/22222222-2222-2222-2222-222222222222/oauth2/authorize?client_id=7d5f0c1e-…&response_type=code&redirect_uri=https%3A%2F%2Fwww.microsoft.com%2F
    help: or, without a browser, as an administrator of contoso:
          az login --tenant 22222222-2222-2222-2222-222222222222 && az ad sp create --id 7d5f0c1e-…
          then give it a role there:  az role assignment create --assignee 7d5f0c1e-… --role Contributor
    ");
}

#[test]
fn tn3021() {
    let text = from_line(20, "  web:\n");
    let diagnostic = Diagnostic::error(
        Code::ImageNotReadable,
        "contoso may create the VM, but may not read the image in acme",
    )
    .at(
        &at("specs/web.yaml", &text, "web", 0),
        "galleries/acme/images/web/versions/1.4.2",
    )
    .note("403 LinkedAuthorizationFailed: no permission for Microsoft.Compute/galleries/images/versions/read on the linked scope")
    .help(Help::command(
        "in acme, give that object Reader on the gallery (new assignments can take some minutes to count)",
        "az role assignment create --assignee-object-id a1b2c3d4-… --assignee-principal-type ServicePrincipal --role Reader \\\n  --scope /subscriptions/44444444-…/resourceGroups/images/providers/Microsoft.Compute/galleries/acme",
    ));
    insta::assert_snapshot!(show(&text, diagnostic), @r"
    error[TN3021]: contoso may create the VM, but may not read the image in acme
      --> specs/web.yaml:20:3
       |
    20 |   web:
       |   ^^^ galleries/acme/images/web/versions/1.4.2
       |
       = 403 LinkedAuthorizationFailed: no permission for Microsoft.Compute/galleries/images/versions/read on the linked
         scope
    help: in acme, give that object Reader on the gallery (new assignments can take some minutes to count):
          az role assignment create --assignee-object-id a1b2c3d4-… --assignee-principal-type ServicePrincipal --role Reader \
            --scope /subscriptions/44444444-…/resourceGroups/images/providers/Microsoft.Compute/galleries/acme
    ");
}

#[test]
fn tn4001() {
    let diagnostic = Diagnostic::error(
        Code::StalePlan,
        "the plan is stale for 1 of 20 changes; nothing was changed",
    )
    .at(
        &Place::whole("plan.tenon"),
        "vms.db, planned 2026-08-22 09:14Z from commit 9b1d7c2",
    )
    .note("size   when planned     Standard_E2s_v5\n       now in Azure     Standard_E8s_v5\n       the plan wants   Standard_E4s_v5")
    .note("changed 2026-08-22 11:02Z by oncall@contoso.example (Activity Log)")
    .note("19 other changes are still exactly as planned")
    .help(Help::command("look again and decide", "tenon plan --out plan.tenon"))
    .help(Help::command(
        "apply the 19 that are unaffected",
        "tenon apply plan.tenon --exclude vms.db",
    ));
    insta::assert_snapshot!(show("", diagnostic), @r"
    error[TN4001]: the plan is stale for 1 of 20 changes; nothing was changed
      --> plan.tenon   vms.db, planned 2026-08-22 09:14Z from commit 9b1d7c2
       = size   when planned     Standard_E2s_v5
                now in Azure     Standard_E8s_v5
                the plan wants   Standard_E4s_v5
       = changed 2026-08-22 11:02Z by oncall@contoso.example (Activity Log)
       = 19 other changes are still exactly as planned
    help: look again and decide:             tenon plan --out plan.tenon
    help: apply the 19 that are unaffected:  tenon apply plan.tenon --exclude vms.db
    ");
}

#[test]
fn places_without_text_still_say_where() {
    let place = at("specs/web.yaml", "a: 1", "a", 0);
    let diagnostic = Diagnostic::warning(Code::Drifted, "1 property was changed outside tenon")
        .at(&place, "nsgs.web-nsg.rules.allow-ssh.from")
        .note("this opens port 22 to the Internet");
    insta::assert_snapshot!(show_at(100, &[], &[diagnostic]), @r"
    warning[TN4020]: 1 property was changed outside tenon
      --> specs/web.yaml:1:1   nsgs.web-nsg.rules.allow-ssh.from
       = this opens port 22 to the Internet
    ");
}

#[test]
fn tabs_wide_letters_and_carriage_returns() {
    let text = "a:\r\n\t名前: \"東京\" # x\r\n\tb: 1\r\n";
    let place = |what| at("specs/web.yaml", text, what, 0);
    let diagnostic = Diagnostic::error(Code::InvalidValue, "not a name")
        .at(&place("\"東京\""), "no letters of a name")
        .context(&place("名前"), "asked for here");
    insta::assert_snapshot!(show(text, diagnostic), @r#"
    error[TN1007]: not a name
      --> specs/web.yaml:2:6
       |
     2 |     名前: "東京" # x
       |     ----  ^^^^^^ no letters of a name
       |     asked for here
       |
    "#);
}

#[test]
fn long_lines_are_cut_around_the_label() {
    let text = format!(
        "key: [{}, needle, {}]\n",
        "aaaa, ".repeat(60),
        "bbbb, ".repeat(60)
    );
    let diagnostic = Diagnostic::error(Code::InvalidValue, "no needle here")
        .at(&at("specs/web.yaml", &text, "needle", 0), "this one");
    insta::assert_snapshot!(show_at(80, &[("specs/web.yaml", &text)], &[diagnostic]), @r"
    error[TN1007]: no needle here
      --> specs/web.yaml:1:369
       |
     1 | …, aaaa, aaaa, , needle, bbbb, bbbb, bbbb, bbbb, bbbb, bbbb, bbbb, bbbb,…
       |                  ^^^^^^ this one
       |
    ");
}

#[test]
fn several_files_and_labels_that_share_a_line() {
    let base = "vms:\n  web: {image: web, size: small, zone: 1}\n";
    let overlay = "vms:\n  web: {size: large}\n";
    let diagnostic = Diagnostic::error(Code::ConflictingKeys, "`size` is given twice")
        .at(&at("prod.yaml", overlay, "size", 0), "second")
        .context(&at("web.yaml", base, "size", 0), "first")
        .context(&at("web.yaml", base, "web", 0), "this entry")
        .context(&at("web.yaml", base, "zone", 0), "which has a zone");
    let files = [("prod.yaml", overlay), ("web.yaml", base)];
    insta::assert_snapshot!(show_at(80, &files, &[diagnostic]), @r"
    error[TN1009]: `size` is given twice
      --> prod.yaml:2:9
       |
     2 |   web: {size: large}
       |         ^^^^ second
       |
      ::: web.yaml:2:21
       |
     2 |   web: {image: web, size: small, zone: 1}
       |   ---               ----         ---- which has a zone
       |   |                 first
       |   this entry
       |
    ");
}

#[test]
fn twenty_and_more() {
    let list: Vec<Diagnostic> = (0..23)
        .map(|number| Diagnostic::error(Code::UnknownKey, format!("number {number}")))
        .collect();
    let text = show_at(80, &[], &list);
    assert_eq!(text.matches("error[").count(), 20);
    assert!(text.ends_with("\nand 3 more\n"), "{text}");
}

#[test]
fn stale_places_do_not_panic() {
    let text = "a: 1\nü: 2\n";
    for (line, start, end) in [(2, 6, 7), (2, 900, 901), (9, 0, 3), (1, 3, 99), (2, 7, 2)] {
        let place = Place {
            file: "specs/web.yaml".into(),
            line,
            column: 40,
            start,
            end,
        };
        let diagnostic = Diagnostic::error(Code::InvalidValue, "moved").at(&place, "here");
        assert!(show(text, diagnostic).contains("here"));
    }
}
