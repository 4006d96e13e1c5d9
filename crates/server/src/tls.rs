//! The one provider of cryptography for every TLS connection this program makes.

/// Makes *ring* the provider; once is enough, and a second time changes nothing.
pub fn provide() {
    let _ = rustls::crypto::ring::default_provider().install_default();
}
