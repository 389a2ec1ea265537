#[test]
fn scratch() {
    let Ok(cases) = std::env::var("CASES") else { return };
    for case in std::fs::read_to_string(cases).unwrap().split("=====\n") {
        let case = case.replace("<TAB>", "\t");
        let text = if let Some(raw) = case.strip_prefix("RAW\n") { raw.to_owned() } else { format!("tenon: 1\nname: t\n{case}") };
        let reading = super::reading(&[("t.yaml", &text)], &[]);
        eprintln!("────────\n{}", case);
        if let Some(spec) = &reading.spec { eprint!("OK {}", super::entries(spec)); }
        for one in &reading.diagnostics {
            eprint!("{}", super::problems(std::slice::from_ref(one)));
            for l in &one.labels { eprintln!("     @{}:{} `{}` {}", l.place.line, l.place.column, &text.get(l.place.start..l.place.end).unwrap_or("?"), l.message); }
            for n in &one.notes { eprintln!("     = {n}"); }
            for h in &one.helps { eprintln!("     help: {} {:?} {:?}", h.text, h.command, h.edit.as_ref().map(|e| (text.get(e.place.start..e.place.end), &e.replacement))); }
        }
    }
}
