//! A threat, harm and risk definition: floor, ceiling, reasons, open questions.
