//! What a text has to look like.

use std::net::IpAddr;

use tenon_model::image::Channel;
use tenon_model::shape::Format;
use tenon_model::{ResourceId, id, rules};

/// Why a text will not do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wrong {
    pub(super) why: &'static str,
    pub(super) help: &'static str,
    /// What was probably meant.
    pub(super) instead: Option<String>,
}

fn wrong(why: &'static str, help: &'static str) -> Wrong {
    Wrong {
        why,
        help,
        instead: None,
    }
}

/// Returns the text in its normal form.
pub(super) fn check(format: Format, text: &str) -> Result<String, Wrong> {
    if text.trim().is_empty() && format != Format::Free {
        return Err(wrong("it is empty", "write a value, or remove the key"));
    }
    match format {
        Format::Region => return region(text),
        Format::Free | Format::Secret | Format::File | Format::Tenant => {}
        Format::Name => name(text)?,
        Format::Cidr => cidr(text)?,
        Format::Ip => ip(text).map(drop)?,
        Format::AddressPrefix => address_prefix(text)?,
        Format::Port => port(text)?,
        Format::Guid => guid(text)?,
        Format::ResourceId => resource_id(text)?,
        Format::Reference => reference(text)?,
        Format::Duration => duration(text)?,
        Format::Percent => percent(text)?,
        Format::TypeAtVersion => type_at_version(text)?,
        Format::ImageVersion => image_version(text)?,
        Format::Date => return date(text),
    }
    Ok(text.to_owned())
}

/// Whether the value of [`Format::File`] names a file; otherwise it is the
/// text itself, or the word that asks for a key pair.
pub(super) fn is_path(text: &str) -> bool {
    let literal = ["ssh-", "ecdsa-", "sk-", "#"];
    !text.contains('\n')
        && !literal.iter().any(|start| text.starts_with(start))
        && !["generate", "generate_ed25519"].contains(&text)
}

fn name(text: &str) -> Result<(), Wrong> {
    let help = "write a name without `/` and `\\`, at most 260 characters long";
    if text.trim() != text {
        return Err(Wrong {
            instead: Some(text.trim().to_owned()),
            ..wrong("it begins or ends with a space", help)
        });
    }
    if text.contains(['/', '\\']) || text.contains(char::is_control) {
        return Err(wrong("Azure allows no such character in a name", help));
    }
    if text.chars().count() > 260 {
        return Err(wrong("it is longer than any name in Azure", help));
    }
    Ok(())
}

fn ip(text: &str) -> Result<IpAddr, Wrong> {
    text.parse()
        .map_err(|_| wrong("this is no IP address", "write one such as `10.0.1.4`"))
}

fn cidr(text: &str) -> Result<(), Wrong> {
    let help = "write a range such as `10.0.0.0/16`";
    let Some((address, length)) = text.split_once('/') else {
        return Err(wrong("the length of the range is missing", help));
    };
    let address: IpAddr = address
        .parse()
        .map_err(|_| wrong("there is no IP address before the `/`", help))?;
    let most = if address.is_ipv4() { 32 } else { 128 };
    let digits = length.bytes().all(|byte| byte.is_ascii_digit());
    let length = length.parse::<u32>().ok().filter(|_| digits);
    let Some(length) = length.filter(|length| *length <= most) else {
        return Err(wrong("there is no length that fits behind the `/`", help));
    };
    let network = network(address, length);
    if network == address {
        return Ok(());
    }
    Err(Wrong {
        instead: Some(format!("{network}/{length}")),
        ..wrong("the address is not the first one of its range", help)
    })
}

fn network(address: IpAddr, length: u32) -> IpAddr {
    match address {
        IpAddr::V4(address) => {
            let mask = u32::MAX.checked_shl(32 - length).unwrap_or(0);
            IpAddr::V4((u32::from(address) & mask).into())
        }
        IpAddr::V6(address) => {
            let mask = u128::MAX.checked_shl(128 - length).unwrap_or(0);
            IpAddr::V6((u128::from(address) & mask).into())
        }
    }
}

fn address_prefix(text: &str) -> Result<(), Wrong> {
    let is_tag = text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'_')
        && !text.contains("::");
    if text == "*" || is_tag || text.parse::<IpAddr>().is_ok() {
        return Ok(());
    }
    if text.contains('/') {
        return cidr(text);
    }
    Err(wrong(
        "this is no address, no range and no service tag",
        "write a range such as `10.0.0.0/8`, a service tag such as `Internet`, or `*`",
    ))
}

fn port(text: &str) -> Result<(), Wrong> {
    let help = "write a port from 0 to 65535, a range such as `80-90`, or `*`";
    if text == "*" {
        return Ok(());
    }
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        text.parse::<u16>().ok().filter(|_| digits)
    };
    let (first, last) = text.split_once('-').unwrap_or((text, text));
    match (number(first), number(last)) {
        (Some(first), Some(last)) if first <= last => Ok(()),
        (Some(_), Some(_)) => Err(wrong("the range ends before it begins", help)),
        _ => Err(wrong("this is no port", help)),
    }
}

fn region(text: &str) -> Result<String, Wrong> {
    let region = rules::region(text);
    if region.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        Ok(region)
    } else {
        Err(wrong(
            "a region has only letters and digits",
            "write one such as `westeurope`",
        ))
    }
}

/// Azure wants a time where the author gives a day.
fn date(text: &str) -> Result<String, Wrong> {
    match tenon_model::time::instant(text) {
        Some(seconds) => Ok(tenon_model::time::rfc3339(seconds)),
        None => Err(wrong(
            "this is no day and no time with a zone",
            "write one such as `2027-02-22` or `2027-02-22T12:00:00Z`",
        )),
    }
}

fn guid(text: &str) -> Result<(), Wrong> {
    if id::is_guid(text) {
        return Ok(());
    }
    let bare = text.trim_matches(['{', '}', ' ']);
    Err(Wrong {
        instead: id::is_guid(bare).then(|| bare.to_owned()),
        ..wrong(
            "this is no GUID",
            "write it as 8-4-4-4-12 hexadecimal digits",
        )
    })
}

fn resource_id(text: &str) -> Result<(), Wrong> {
    let other = ["/communitygalleries/", "/sharedgalleries/", "/providers/"];
    let lower = text.to_ascii_lowercase();
    if other.iter().any(|start| lower.starts_with(start)) {
        return Ok(());
    }
    let help = "write the full id, `/subscriptions/…/resourceGroups/…/providers/…`";
    match ResourceId::parse(text) {
        Ok(_) => Ok(()),
        Err(id::IdError::NotAnId) if lower.starts_with("subscriptions/") => Err(Wrong {
            instead: Some(format!("/{text}")),
            ..wrong("an id begins with `/`", help)
        }),
        Err(id::IdError::NotAnId) => Err(wrong("an id begins with `/subscriptions/`", help)),
        Err(id::IdError::Incomplete) if ResourceId::parse(text.trim_end_matches('/')).is_ok() => {
            Err(Wrong {
                instead: Some(text.trim_end_matches('/').to_owned()),
                ..wrong("an id does not end with `/`", help)
            })
        }
        Err(id::IdError::Incomplete) => Err(wrong(
            "an id has pairs of type and name; this one ends early or has an empty part",
            help,
        )),
    }
}

fn reference(text: &str) -> Result<(), Wrong> {
    if text.starts_with('/') {
        return resource_id(text);
    }
    if text.contains(char::is_whitespace) {
        return Err(wrong(
            "the name of an entry has no spaces",
            "write the name of an entry, or a full resource id",
        ));
    }
    Ok(())
}

fn duration(text: &str) -> Result<(), Wrong> {
    let help = "write a number with a unit: `90s`, `10m`, `24h`, `1h30m`";
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(wrong("the unit is missing", help));
    }
    let mut digits = 0;
    for byte in text.bytes() {
        match byte {
            b'0'..=b'9' => digits += 1,
            b'd' | b'h' | b'm' | b's' if (1..=9).contains(&digits) => digits = 0,
            _ => return Err(wrong("this is no duration", help)),
        }
    }
    if digits == 0 {
        Ok(())
    } else {
        Err(wrong("the last unit is missing", help))
    }
}

fn percent(text: &str) -> Result<(), Wrong> {
    let number = text.strip_suffix('%').and_then(|text| text.parse().ok());
    match number {
        Some(1..=100_u8) => Ok(()),
        _ => Err(wrong(
            "this is no share",
            "write a share from `1%` to `100%`",
        )),
    }
}

fn type_at_version(text: &str) -> Result<(), Wrong> {
    let help = "write it as `Provider/type@2024-01-31`";
    let Some((kind, version)) = text.split_once('@') else {
        return Err(wrong("the API version is missing", help));
    };
    let words: Vec<&str> = kind.split('/').collect();
    let word = |word: &&str| {
        !word.is_empty()
            && word
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-')
    };
    if words.len() < 2 || !words.iter().all(word) {
        return Err(wrong("this is no provider with a type", help));
    }
    let date = version.get(..10).unwrap_or("");
    let is_date = date.len() == 10
        && date.bytes().enumerate().all(|(index, byte)| match index {
            4 | 7 => byte == b'-',
            _ => byte.is_ascii_digit(),
        });
    let rest = version.get(10..).unwrap_or("");
    if is_date && (rest.is_empty() || rest.starts_with('-')) {
        Ok(())
    } else {
        Err(wrong("the API version is no date", help))
    }
}

fn image_version(text: &str) -> Result<(), Wrong> {
    if Channel::parse(text).is_ok() {
        return Ok(());
    }
    let help = "write three numbers such as `1.4.2`, a channel such as `1.4.x`, or `latest`";
    let channel = format!("{text}.x");
    let instead = Channel::parse(&channel).is_ok().then_some(channel);
    Err(Wrong {
        instead,
        ..wrong("a version has three numbers", help)
    })
}
