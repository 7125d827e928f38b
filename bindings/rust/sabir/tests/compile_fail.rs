//! What must not compile does not, and says why: threads, lifetimes, wrong messages.
//!
//! The texts beside the programs are the compiler's; `TRYBUILD=overwrite cargo test -p sabir --test compile_fail` writes them anew.

#[test]
fn what_must_not_compile_does_not() {
    trybuild::TestCases::new().compile_fail("tests/compile_fail/*.rs");
}
