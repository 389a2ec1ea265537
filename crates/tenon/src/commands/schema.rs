//! `tenon schema`: what is written and read, for editors and programs, or a
//! list of the keys of the language.

use tenon_model::schema;
use tenon_spec::schema::{keys_at, lock_schema, schema as spec_schema};

use crate::arguments::{Described, SchemaArguments};
use crate::exit::Exit;
use crate::output::{self, Output};

/// Runs the command.
pub(crate) fn run(options: &SchemaArguments, output: &Output) -> Exit {
    let sections = tenon_kinds::sections();
    let Some(place) = &options.at else {
        match options.what {
            Described::Spec => output::print_json(&spec_schema(&sections)),
            Described::Lock => output::print_json(&lock_schema()),
            Described::Plan => output::print_json(&schema::plan()),
            Described::Events => output::print_json(&schema::events()),
            Described::Report => output::print_json(&schema::report()),
        }
        return Exit::Ok;
    };
    if options.what != Described::Spec {
        output.complain("error: --at lists the keys of specs; leave out the name, or write spec");
        return Exit::Error;
    }
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
