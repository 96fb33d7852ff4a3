//! Is this the same person? Normalising, comparing, weighing, explaining.
