//! Keyset paging: a page says where the next one begins; nothing counts rows it does not show.

use serde::{Deserialize, Serialize};

/// Rows of one page when the caller names no number.
const DEFAULT_ROWS: u32 = 50;
/// Most rows of one page.
const MAX_ROWS: u32 = 500;

/// One page of a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Paged<T> {
    /// Its rows.
    pub items: Vec<T>,
    /// Give this as `cursor` for the next page; absent on the last.
    pub next_cursor: Option<String>,
}

/// `cursor` and `limit` of a list call.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Limit {
    /// Where the page begins; from `next_cursor`.
    pub cursor: Option<String>,
    /// Rows wanted, 1 to 500; default 50.
    pub limit: Option<u32>,
}

impl Limit {
    /// Rows of this page.
    pub fn rows(&self) -> u32 {
        self.limit.unwrap_or(DEFAULT_ROWS).clamp(1, MAX_ROWS)
    }
}

impl<T> Paged<T> {
    /// A page from up to `rows + 1` fetched items; `key` gives an item's cursor.
    pub fn of(mut items: Vec<T>, rows: u32, key: impl Fn(&T) -> String) -> Self {
        let rows = rows as usize;
        let more = items.len() > rows;
        items.truncate(rows);
        let next_cursor = if more { items.last().map(key) } else { None };
        Self { items, next_cursor }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_page_has_no_cursor() {
        let page = Paged::of(vec![1, 2, 3], 2, ToString::to_string);
        assert_eq!((page.items, page.next_cursor.as_deref()), (vec![1, 2], Some("2")));
        assert_eq!(Paged::of(vec![1, 2], 2, ToString::to_string).next_cursor, None);
        assert_eq!(Limit { cursor: None, limit: Some(9999) }.rows(), 500);
    }
}
