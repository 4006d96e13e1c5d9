//! Typed ids of everything around an assessment: UUIDv7, made by whoever creates the record, never parsed for meaning.

crate::ids::typed_ids! {
    /// A piece of work that uses personal data.
    ProjectId,
    /// One run of the screening questions for a project.
    ScreeningId,
    /// The DPIA itself.
    AssessmentId,
    /// A comment or a reply to one.
    CommentId,
    /// A DPO's advice on a field.
    RecommendationId,
    /// A risk of an assessment.
    RiskId,
    /// Something done, or to be done, about a risk.
    MeasureId,
    /// A named, hashed snapshot of an assessment.
    VersionId,
    /// One role's decision for one organisation.
    SignatureId,
    /// Something someone must do by a date.
    TaskId,
    /// A file that belongs to an assessment.
    AttachmentId,
    /// A consultation of the Information Commissioner under Article 36.
    ConsultationId,
    /// What an assessment shows to the public.
    PublicationId,
    /// A row of a table in an answer, for life: history, comments and merges hang on it.
    RowId,
}
