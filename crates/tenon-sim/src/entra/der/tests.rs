use rcgen::{CertificateParams, KeyPair, PublicKeyData as _, date_time_ymd};

use super::*;

#[test]
fn a_certificate_comes_apart() {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["app.example".to_owned()]).expect("names");
    params.not_before = date_time_ymd(1999, 12, 31);
    params.not_after = date_time_ymd(2055, 2, 28);
    let der = params.self_signed(&key).expect("a certificate");
    let parts = certificate(der.der()).expect("parts");
    assert_eq!(parts.valid_from.to_string(), "1999-12-31T00:00:00Z");
    assert_eq!(parts.valid_to.to_string(), "2055-02-28T00:00:00Z");
    assert_eq!(parts.public_key, key.subject_public_key_info());
    assert!(is_public_key(&parts.public_key));
    for end in 0..der.der().len() {
        assert_eq!(certificate(&der.der()[..end]), None, "cut at {end}");
    }
}
