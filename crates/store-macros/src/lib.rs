//! The attribute `#[store_test]`, which makes one test run on both database engines.
//!
//! Use it through `medward_store::store_test` (feature `testkit`). It rearranges tokens only, so it needs no parser.

use proc_macro::{TokenStream, TokenTree};

/// `#[store_test] async fn name(db: Db) { … }` becomes the tests `name::sqlite` and `name::postgres`, each with a fresh
/// database that holds the tables of the store itself.
///
/// The function may return `()` or `Result<(), impl Debug>`. Without PostgreSQL on this machine `name::postgres` says
/// `skipped: …` and passes; with `CI=true` it fails.
#[proc_macro_attribute]
pub fn store_test(attribute: TokenStream, function: TokenStream) -> TokenStream {
    if !attribute.is_empty() {
        return compile_error("store_test takes no arguments");
    }
    let Some(name) = async_function_name(function.clone()) else {
        return compile_error("store_test stands before an `async fn name(db: Db)`");
    };
    let module = format!(
        "mod {name} {{
            #[allow(unused_imports, reason = \"a test may need nothing from around it\")]
            use super::*;
            #[test]
            fn sqlite() {{
                ::medward_store::testkit::sqlite_test(concat!(module_path!(), \"::sqlite\"), |db| ::std::boxed::Box::pin({name}(db)));
            }}
            #[test]
            fn postgres() {{
                ::medward_store::testkit::postgres_test(concat!(module_path!(), \"::postgres\"), |db| ::std::boxed::Box::pin({name}(db)));
            }}
        }}"
    );
    let Ok(module) = module.parse::<TokenStream>() else {
        return compile_error("store_test cannot use this function name");
    };
    // Only the last token of the module, its body, takes the function in.
    module
        .into_iter()
        .map(|token| match token {
            TokenTree::Group(body) => {
                let mut inside = body.stream();
                inside.extend(function.clone());
                let mut widened = proc_macro::Group::new(body.delimiter(), inside);
                widened.set_span(body.span());
                TokenTree::Group(widened)
            }
            other => other,
        })
        .collect()
}

fn async_function_name(function: TokenStream) -> Option<String> {
    let mut tokens = function.into_iter().skip_while(|token| !is_word(token, "async")).skip(1);
    let after = tokens.next()?;
    if !is_word(&after, "fn") {
        return None;
    }
    match tokens.next()? {
        TokenTree::Ident(name) => Some(name.to_string()),
        _ => None,
    }
}

fn is_word(token: &TokenTree, word: &str) -> bool {
    matches!(token, TokenTree::Ident(ident) if ident.to_string() == word)
}

fn compile_error(message: &str) -> TokenStream {
    format!("::std::compile_error!({message:?});").parse().unwrap_or_default()
}
