//! A signature that is taken back: it stays, with when and why, and counts no more.

use super::Work;
use crate::error::Result;
use domain::dpia::{
    ids::SignatureId,
    sign_off::{Signature, TakenBack},
};

impl Work {
    /// Whether what is frozen, and was signed, is public.
    pub(super) async fn published(&self) -> Result<bool> {
        let frozen = self.whole.assessment.frozen;
        Ok(self.publications().await?.iter().any(|one| one.is_public() && Some(one.version) == frozen))
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
