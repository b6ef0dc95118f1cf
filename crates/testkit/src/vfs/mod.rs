//! A disk under SQLite that can lose its power, fill up and fail.
