//! Where an address stands: on the public internet, on a private network, or where clouds hand out credentials.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Where an address stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// The public internet.
    Public,
    /// This machine, a private network, a range kept for other uses, or an address inside another.
    Private,
    /// Link-local, where clouds serve metadata and credentials; or an address that is written so as to reach it.
    Metadata,
}

/// Where an address stands (IANA's special-purpose registries, RFC 6890 and later, as of 2025).
#[must_use]
pub fn place(address: IpAddr) -> Place {
    match address {
        IpAddr::V4(address) => v4(address),
        IpAddr::V6(address) => v6(address),
    }
}

fn v4(address: Ipv4Addr) -> Place {
    let [a, b, c, d] = address.octets();
    match (a, b, c) {
        // AWS, Azure, Google, Oracle: 169.254.169.254; Alibaba: 100.100.100.200; Azure's agent: 168.63.129.16.
        (169, 254, _) => Place::Metadata,
        (100, 100, 100) if d == 200 => Place::Metadata,
        (168, 63, 129) if d == 16 => Place::Metadata,
        (192, 0, 0) if d == 192 => Place::Metadata,
        (0 | 10 | 127, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => Place::Private,
        (192, 0, 0 | 2) | (192, 88, 99) | (198, 18..=19, _) | (198, 51, 100) | (203, 0, 113) | (224.., ..) => Place::Private,
        _ => Place::Public,
    }
}

fn v6(address: Ipv6Addr) -> Place {
    let parts = address.segments();
    if parts[0] == 0xfd00 && parts[1] == 0x0ec2 || parts[0] & 0xffc0 == 0xfe80 {
        return Place::Metadata;
    }
    // An IPv4 address inside: mapped, compatible, NAT64 or 6to4. The public ones are refused too: nobody publishes so.
    let last = Ipv4Addr::from((u32::from(parts[6]) << 16) | u32::from(parts[7]));
    let inner = match parts {
        [0, 0, 0, 0, 0, 0xffff | 0, ..] | [0x64, 0xff9b, ..] => Some(last),
        [0x2002, high, low, ..] => Some(Ipv4Addr::from((u32::from(high) << 16) | u32::from(low))),
        _ => None,
    };
    if let Some(inner) = inner {
        return if v4(inner) == Place::Metadata { Place::Metadata } else { Place::Private };
    }
    match parts {
        [0x2001, 0..=0x1ff, ..] | [0x2001, 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Place::Private,
        [0x2000..=0x3fff, ..] => Place::Public,
        _ => Place::Private,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn s38_private_link_local_metadata_and_mapped_addresses_are_told() {
        for private in [
            "0.0.0.0",
            "0.1.2.3",
            "10.0.0.1",
            "127.0.0.1",
            "127.8.8.8",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "100.64.0.1",
            "192.0.2.1",
            "198.18.0.1",
            "198.51.100.7",
            "203.0.113.9",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "::ffff:8.8.8.8",
            "::127.0.0.1",
            "64:ff9b::a00:1",
            "2002:7f00:1::",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "2001::1",
            "100::1",
            "fec0::1",
        ] {
            assert_eq!(place(private.parse().unwrap()), Place::Private, "{private}");
        }
        for metadata in [
            "169.254.169.254",
            "169.254.0.1",
            "100.100.100.200",
            "168.63.129.16",
            "fd00:ec2::254",
            "fe80::1",
            "::ffff:169.254.169.254",
            "64:ff9b::a9fe:a9fe",
            "2002:a9fe:a9fe::",
        ] {
            assert_eq!(place(metadata.parse().unwrap()), Place::Metadata, "{metadata}");
        }
        for public in ["1.1.1.1", "8.8.8.8", "172.32.0.1", "100.128.0.1", "192.169.0.1", "2606:4700::1111", "2a00:1450::1"] {
            assert_eq!(place(public.parse().unwrap()), Place::Public, "{public}");
        }
    }

    proptest! {
        #[test]
        fn an_address_is_never_more_public_for_being_written_as_ipv6(bits: u32) {
            let address = Ipv4Addr::from(bits);
            prop_assert_ne!(place(IpAddr::V6(address.to_ipv6_mapped())), Place::Public);
            if address.is_private() || address.is_loopback() || address.is_link_local() || address.is_unspecified() {
                prop_assert_ne!(place(IpAddr::V4(address)), Place::Public);
            }
        }
    }
}
