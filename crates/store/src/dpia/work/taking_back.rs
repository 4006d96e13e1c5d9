//! A signature that is taken back: it stays, with when and why, and counts no more.

use super::Work;
use crate::error::Result;
use domain::dpia::{
    ids::SignatureId,
    sign_off::{Signature, TakenBack},
};

impl Work {
    /// Whether what is public, or in use, rests on a signature ([`domain::dpia::whole::Whole::relied_on`]).
    pub(super) async fn relied_on(&self, id: SignatureId) -> Result<bool> {
        let Some(signature) = self.whole.signatures.iter().find(|one| one.id == id) else { return Ok(false) };
        Ok(self.whole.relied_on(signature, &self.publications().await?))
    }

    /// Takes a signature back. What an acceptance has done to an answer of the Commissioner stays: a risk that rises again is asked
    /// about again.
    pub(super) async fn take_signature_back(&mut self, id: SignatureId, reasons: &str) -> Result<()> {
        let at = self.write.at();
        if let Some(signature) = self.whole.signatures.iter_mut().find(|one| one.id == id) {
            let taken_back = Some(TakenBack { at, reasons: reasons.trim().to_owned() });
            let mut after = Signature { taken_back, ..signature.clone() };
            self.write.update(signature, &mut after).await?;
            *signature = after;
        }
        Ok(())
    }
}
