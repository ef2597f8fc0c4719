//! The words of SQL that the grammar knows, of all dialects at once.
//!
//! A word that two dialects use differently is classed by what an attack needs it for.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What a word is to the grammar.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Word {
    /// `or`, `and`, `xor`.
    Logic,
    Not,
    /// `like`, `rlike`, `regexp`, … : compares as `=` does.
    Like,
    In,
    Between,
    Is,
    /// `null`, `true`, `false`.
    Constant,
    /// `union`, `intersect`, `except`, `minus`.
    Union,
    /// `all`, `distinct`, `top`: between a verb and what it selects.
    Quantifier,
    Select,
    From,
    Where,
    Having,
    Order,
    Group,
    By,
    Limit,
    Into,
    /// `outfile`, `dumpfile`, `infile`.
    File,
    Procedure,
    Case,
    When,
    Then,
    Else,
    End,
    As,
    On,
    Set,
    Values,
    Exists,
    /// `table`, `database`, `user`, … : what `drop` and `create` act on.
    Noun,
    Verb(Verb),
    /// Waits when called.
    Timing,
    /// Reads files, runs programs, connects out, or leaks through its error message when called.
    Danger,
    /// Runs by its name alone after `exec` (`xp_cmdshell`).
    SystemProcedure,
    /// Any other function of SQL; says something only when called.
    Function,
    /// Value-like without parentheses: `current_user`, `sysdate`.
    Niladic,
    /// Holds the names of tables and users.
    Schema,
    /// `delay`, `time` of `waitfor`.
    Delay,
    Plain,
}

/// Words that begin a statement.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Verb {
    Insert,
    Update,
    Delete,
    /// `drop`, `create`, `alter`, `truncate`, `rename`: followed by a noun.
    Define,
    Exec,
    Declare,
    Waitfor,
    Shutdown,
    Grant,
    Copy,
    Call,
    Load,
    Show,
    Begin,
    If,
    Do,
    Attach,
    Use,
    With,
}

/// Longest word in the table.
const WORD_BYTES: usize = 32;

/// Every word and its class. A word in two lists belongs to the one that comes later here.
static WORDS: LazyLock<HashMap<&'static [u8], Word>> = LazyLock::new(|| {
    let lists = [
        (FUNCTIONS, Word::Function),
        (NOUNS, Word::Noun),
        (SYSTEM_PROCEDURES, Word::SystemProcedure),
        (TIMING, Word::Timing),
        (NILADIC, Word::Niladic),
        (SCHEMA, Word::Schema),
        (DANGER, Word::Danger),
    ];
    let lists = lists.into_iter().chain(CLAUSES.iter().copied());
    lists.flat_map(|(words, class)| words.iter().map(move |word| (word.as_bytes(), class))).collect()
});

/// Builds the table.
pub(super) fn prepare() {
    LazyLock::force(&WORDS);
}

/// Classes a word, in any case.
pub(super) fn classify(word: &[u8]) -> Word {
    let mut lower = [0; WORD_BYTES];
    let Some(lower) = lower.get_mut(..word.len()) else { return Word::Plain };
    for (to, from) in lower.iter_mut().zip(word) {
        *to = from.to_ascii_lowercase();
    }
    WORDS.get(&*lower).copied().unwrap_or(Word::Plain)
}

#[rustfmt::skip]
const CLAUSES: &[(&[&str], Word)] = &[
    (&["or", "and", "xor"], Word::Logic),
    (&["not"], Word::Not),
    (&["like", "rlike", "regexp", "ilike", "glob", "similar", "sounds", "div", "mod"], Word::Like),
    (&["in"], Word::In),
    (&["between"], Word::Between),
    (&["is", "isnull", "notnull"], Word::Is),
    (&["null", "true", "false"], Word::Constant),
    (&["union", "intersect", "except", "minus"], Word::Union),
    (&["all", "distinct", "distinctrow", "top", "sql_no_cache", "straight_join"], Word::Quantifier),
    (&["select"], Word::Select),
    (&["from"], Word::From),
    (&["where"], Word::Where),
    (&["having"], Word::Having),
    (&["order"], Word::Order),
    (&["group"], Word::Group),
    (&["by"], Word::By),
    (&["limit", "offset", "fetch"], Word::Limit),
    (&["into"], Word::Into),
    (&["outfile", "dumpfile", "infile"], Word::File),
    (&["procedure"], Word::Procedure),
    (&["case"], Word::Case),
    (&["when"], Word::When),
    (&["then"], Word::Then),
    (&["else"], Word::Else),
    (&["end"], Word::End),
    (&["as"], Word::As),
    (&["on", "join", "inner", "left", "right", "natural", "using"], Word::On),
    (&["set"], Word::Set),
    (&["values", "value"], Word::Values),
    (&["exists"], Word::Exists),
    (&["table", "database", "view", "index", "trigger", "schema", "login", "role", "extension", "column", "tablespace", "sequence", "temporary", "temp", "aggregate"], Word::Noun),
    (&["delay"], Word::Delay),
    (&["insert", "replace", "merge"], Word::Verb(Verb::Insert)),
    (&["update"], Word::Verb(Verb::Update)),
    (&["delete"], Word::Verb(Verb::Delete)),
    (&["drop", "create", "alter", "truncate", "rename"], Word::Verb(Verb::Define)),
    (&["exec", "execute"], Word::Verb(Verb::Exec)),
    (&["declare"], Word::Verb(Verb::Declare)),
    (&["waitfor"], Word::Verb(Verb::Waitfor)),
    (&["shutdown"], Word::Verb(Verb::Shutdown)),
    (&["grant", "revoke"], Word::Verb(Verb::Grant)),
    (&["copy"], Word::Verb(Verb::Copy)),
    (&["call"], Word::Verb(Verb::Call)),
    (&["load"], Word::Verb(Verb::Load)),
    (&["show", "describe", "desc", "explain"], Word::Verb(Verb::Show)),
    (&["begin", "commit", "rollback"], Word::Verb(Verb::Begin)),
    (&["if"], Word::Verb(Verb::If)),
    (&["do", "handler"], Word::Verb(Verb::Do)),
    (&["attach", "pragma", "vacuum"], Word::Verb(Verb::Attach)),
    (&["use"], Word::Verb(Verb::Use)),
    (&["with"], Word::Verb(Verb::With)),
];

#[rustfmt::skip]
const TIMING: &[&str] = &[
    "benchmark", "get_lock", "pg_sleep", "pg_sleep_for", "pg_sleep_until", "randomblob", "receive_message", "sleep",
    "sleep_until", "wait_for_executed_gtid_set", "zeroblob",
];

#[rustfmt::skip]
const DANGER: &[&str] = &[
    "analyse", "ctxsys", "current_setting", "database_to_xml", "dblink", "dblink_connect", "dblink_send_query",
    "dbms_java", "dbms_ldap", "dbms_lock", "dbms_pipe", "dbms_scheduler", "dbms_utility", "dbms_xmlgen", "drithsx",
    "extractvalue", "fn_get_audit_file", "fn_trace_gettable", "fn_xe_file_target_read_file", "fts3_tokenizer",
    "geometrycollection", "gtid_subset", "gtid_subtract", "http_get", "httpuritype", "json_keys", "linestring",
    "lo_export", "lo_from_bytea", "lo_import", "load_extension", "load_file", "multilinestring", "multipoint",
    "multipolygon", "name_const", "opendatasource", "openquery", "openrowset", "pg_file_write", "pg_ls_dir",
    "pg_read_binary_file", "pg_read_file", "pg_stat_file", "polygon", "query_to_xml", "st_latfromgeohash",
    "st_longfromgeohash", "st_pointfromgeohash", "sys_context", "sys_eval", "sys_exec", "table_to_xml", "updatexml",
    "utl_file", "utl_http", "utl_inaddr", "utl_smtp", "xmlserialize", "xmltype",
];

#[rustfmt::skip]
const SCHEMA: &[&str] = &[
    "all_objects", "all_tab_columns", "all_tables", "all_users", "column_name", "dba_tables", "dba_users", "dual",
    "information_schema", "innodb_index_stats", "innodb_table_stats", "msysaces", "msysobjects", "pg_attribute",
    "pg_authid", "pg_catalog", "pg_class", "pg_database", "pg_namespace", "pg_proc", "pg_roles", "pg_shadow",
    "pg_stat_activity", "pg_tables", "pg_user", "rdb$database", "rdb$relations", "schema_table_statistics",
    "schemata", "sqlite_master", "sqlite_schema", "sqlite_temp_master", "syscat", "syscolumns", "sysdatabases",
    "sysdummy1", "sysibm", "syslogins", "sysobjects", "sysservers", "systables", "sysusers", "sysxlogins",
    "table_name", "table_schema", "user_catalog", "user_objects", "user_tab_columns", "user_tables", "user_users",
    "v$database", "v$instance", "v$session", "v$version",
];

#[rustfmt::skip]
const NILADIC: &[&str] = &[
    "banner", "current_database", "current_date", "current_timestamp", "current_user", "localtimestamp", "rowid",
    "rownum", "session_user", "sysdate", "system_user", "user",
];

#[rustfmt::skip]
const NOUNS: &[&str] = &[
    "columns", "databases", "function", "tables",
];

#[rustfmt::skip]
const SYSTEM_PROCEDURES: &[&str] = &[
    "sp_add_job", "sp_addextendedproc", "sp_addlogin", "sp_addsrvrolemember", "sp_configure",
    "sp_execute_external_script", "sp_executesql", "sp_help", "sp_helptext", "sp_makewebtask", "sp_oacreate",
    "sp_oamethod", "sp_password", "sp_prepare", "sp_replwritetovarbin", "sp_start_job", "sp_who",
    "xp_availablemedia", "xp_cmdshell", "xp_dirtree", "xp_enumdsn", "xp_fileexist", "xp_loginconfig", "xp_makecab",
    "xp_ntsec_enumdomains", "xp_regread", "xp_regwrite", "xp_subdirs", "xp_terminate_process",
];

#[rustfmt::skip]
const FUNCTIONS: &[&str] = &[
    "abs", "aes_encrypt", "any_value", "array_agg", "array_to_string", "ascii", "avg", "bin", "bit_and",
    "bit_length", "bit_or", "bit_xor", "bitand", "cast", "ceil", "ceiling", "char", "char_length", "charindex",
    "charset", "checksum", "choose", "chr", "coalesce", "coercibility", "col_name", "collation", "compress",
    "concat", "concat_ws", "connection_id", "conv", "convert", "convert_from", "convert_to", "cos", "cot", "count",
    "crc32", "curdate", "database", "date", "date_format", "dateadd", "datediff", "day", "db_name", "decode",
    "dump", "elt", "encode", "exp", "export_set", "extract", "field", "find_in_set", "floor", "format",
    "found_rows", "from_base64", "from_unixtime", "generate_series", "getdate", "glob", "greatest", "group_concat",
    "hashbytes", "hex", "host_name", "hour", "if", "ifnull", "iif", "inet_aton", "inet_ntoa", "inet_server_addr",
    "insert", "instr", "int", "is_member", "is_srvrolemember", "isnull", "json_array", "json_arrayagg",
    "json_extract", "json_object", "json_query", "json_value", "lag", "last_insert_id", "lcase", "lead", "least",
    "left", "len", "length", "like", "likely", "listagg", "ln", "lo_get", "locate", "log", "lower", "lpad", "ltrim",
    "make_set", "max", "md5", "mid", "min", "minute", "month", "nchar", "newid", "now", "ntile", "nullif",
    "nvarchar", "nvl", "nvl2", "object_id", "object_name", "oct", "octet_length", "openjson", "ord", "patindex",
    "pg_backend_pid", "polygonfromtext", "position", "pow", "power", "printf", "quote", "quote_literal",
    "raisetonull", "rand", "random", "regexp_like", "regexp_replace", "regexp_substr", "repeat", "replace",
    "replicate", "reverse", "right", "round", "row", "row_count", "row_number", "rpad", "rtrim", "schema", "second",
    "serverproperty", "sha", "sha1", "sha2", "sign", "sin", "soundex", "space", "sqlite_version", "sqrt",
    "st_geomfromtext", "std", "stddev", "strcmp", "string_agg", "strpos", "stuff", "substr", "substring", "sum",
    "suser_name", "suser_sname", "time", "to_base64", "to_char", "to_number", "total", "translate", "trim",
    "try_cast", "try_convert", "typeof", "ucase", "uncompress", "unhex", "unicode", "unix_timestamp", "unlikely",
    "upper", "user_name", "utl_raw", "uuid", "value", "values", "varchar", "variance", "version", "weight_string",
    "wm_concat", "xmlagg", "xmlelement", "xmlforest", "xmlparse", "year",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_known_in_any_case() {
        assert_eq!(classify(b"UnIoN"), Word::Union);
        assert_eq!(classify(b"PG_SLEEP"), Word::Timing);
        assert_eq!(classify(b"xp_CmdShell"), Word::SystemProcedure);
        assert_eq!(classify(b"hospital"), Word::Plain);
        assert_eq!(classify(&[b'a'; 100]), Word::Plain);
    }
}
