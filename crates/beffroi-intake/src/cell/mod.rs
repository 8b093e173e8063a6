//! One cell of a file: which value a text stands for, by the type of its column.

pub(crate) mod column;
pub(crate) mod dates;
pub(crate) mod marks;
pub(crate) mod members;
pub(crate) mod numbers;
