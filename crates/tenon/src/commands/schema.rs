//! `tenon schema`: the language for editors, or a list of its keys.

use tenon_spec::schema::{keys_at, schema};

use crate::arguments::SchemaArguments;
use crate::exit::Exit;
use crate::output::{self, Output};

/// Runs the command.
pub(crate) fn run(options: &SchemaArguments, output: &Output) -> Exit {
    let sections = tenon_kinds::sections();
    let Some(place) = &options.at else {
        let text = serde_json::to_string_pretty(&schema(&sections)).unwrap_or_default();
        output::print(&format!("{text}\n"));
        return Exit::Ok;
    };
    let Some(keys) = keys_at(place, &sections) else {
        output.complain(&format!(
            "error: there are no known keys at `{place}`; places read vms.*, vms.*.os_disk, networks.*.subnets.*"
        ));
        return Exit::Error;
    };
    let widest = keys.iter().map(|key| key.name.len()).max().unwrap_or(0);
    for key in keys {
        output::print(&format!(
            "{:widest$}  {}\n{:widest$}  without it: {}\n",
            key.name, key.doc, "", key.absent
        ));
    }
    Exit::Ok
}
