//! The keys of the spec language.

use tenon_model::shape::{Field, Fleet, Format, Presence, Section, Shape};

use super::table::{Table, code};

/// What the page on the language takes from the tables.
pub(super) fn inserts() -> Vec<(&'static str, String)> {
    vec![
        ("language", keys(tenon_spec::language())),
        ("fleet", keys(tenon_spec::fleet_keys())),
        ("sections", sections()),
    ]
}

fn sections() -> String {
    tenon_kinds::sections().into_iter().map(section).collect()
}

fn section(section: &Section) -> String {
    let mut text = format!("### `{}`\n\n{}\n\n", section.name, section.doc);
    if section.fleet == Fleet::Allowed {
        text.push_str("An entry may be a [fleet](#fleets).\n\n");
    }
    text.push_str(&match section.shape {
        Shape::Struct(fields) => keys(fields),
        other => format!("An entry is {}.\n", value(&other)),
    });
    text.push('\n');
    text
}

fn keys(fields: &[Field]) -> String {
    let mut table = Table::new(&["key", "value", "without it", "meaning"]);
    rows(fields, "", &mut table);
    table.finish()
}

/// One row for each key, then those inside of it, with dots between.
fn rows(fields: &[Field], within: &str, table: &mut Table) {
    for field in fields {
        let name = format!("{within}{}", field.name);
        let absent = match field.presence {
            Presence::Required => "**required**",
            Presence::Optional(words) => words,
        };
        table.row(&[
            code(&name),
            value(&field.shape),
            absent.to_owned(),
            field.doc.to_owned(),
        ]);
        inside(&field.shape, &name, table);
    }
}

fn inside(shape: &Shape, name: &str, table: &mut Table) {
    match shape {
        Shape::Struct(fields) => rows(fields, &format!("{name}."), table),
        Shape::Keyed(shape) => inside(shape, &format!("{name}.*"), table),
        Shape::List(shape) | Shape::OneOrMany(shape) => inside(shape, &format!("{name}[]"), table),
        Shape::Either(shapes) => {
            for shape in *shapes {
                inside(shape, name, table);
            }
        }
        _ => {}
    }
}

/// What a value may be, in words.
fn value(shape: &Shape) -> String {
    match shape {
        Shape::Text(format) => text(*format).to_owned(),
        Shape::Integer { min, max } if min == max => code(&min.to_string()),
        Shape::Integer { min, max } => format!("whole number, {min} to {max}"),
        Shape::Boolean => "`true` or `false`".to_owned(),
        Shape::OneOf(words) => {
            let words: Vec<String> = words.iter().map(|word| code(word)).collect();
            words.join(", ")
        }
        Shape::List(shape) => format!("list: {}", value(shape)),
        Shape::OneOrMany(shape) => format!("{}, or a list of them", value(shape)),
        Shape::Struct(_) => "map".to_owned(),
        Shape::Keyed(shape) => match **shape {
            Shape::Struct(_) | Shape::Any => "map by name".to_owned(),
            ref other => format!("map by name: {}", value(other)),
        },
        Shape::Either(shapes) => {
            let words: Vec<String> = shapes.iter().map(value).collect();
            words.join("; or ")
        }
        Shape::Any => "anything".to_owned(),
        Shape::Nothing => "`null`".to_owned(),
    }
}

fn text(format: Format) -> &'static str {
    match format {
        Format::Free => "text",
        Format::Name => "name",
        Format::Cidr => "address range",
        Format::Ip => "IP address",
        Format::AddressPrefix => "address range, address, service tag or `*`",
        Format::Port => "port, range such as `80-90`, or `*`",
        Format::Region => "region",
        Format::Guid => "GUID",
        Format::Tenant => "GUID, domain, or name from `tenants`",
        Format::ResourceId => "resource id",
        Format::Reference => "name of an entry, or resource id",
        Format::Duration => "duration such as `90s`",
        Format::Percent => "share such as `10%`",
        Format::File => "file, or the text itself",
        Format::Secret => "`${secrets.name}`",
        Format::TypeAtVersion => "`Provider/type@api-version`",
        Format::Date => "day, or time with its zone",
        Format::ImageVersion => "version, channel, or `latest`",
    }
}
