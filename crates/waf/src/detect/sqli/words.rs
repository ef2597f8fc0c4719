//! The words of SQL that the grammar knows, of all dialects at once.
//!
//! A word that two dialects use differently is classed by what an attack needs it for.

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

/// Classes a word, in any case.
pub(super) fn classify(word: &[u8]) -> Word {
    let mut lower = [0; WORD_BYTES];
    let Some(lower) = lower.get_mut(..word.len()) else { return Word::Plain };
    for (to, from) in lower.iter_mut().zip(word) {
        *to = from.to_ascii_lowercase();
    }
    clause(lower).or_else(|| verb(lower).map(Word::Verb)).or_else(|| name(lower)).unwrap_or(Word::Plain)
}

fn clause(lower: &[u8]) -> Option<Word> {
    Some(match lower {
        b"or" | b"and" | b"xor" => Word::Logic,
        b"not" => Word::Not,
        b"like" | b"rlike" | b"regexp" | b"ilike" | b"glob" | b"similar" | b"sounds" | b"div" | b"mod" => Word::Like,
        b"in" => Word::In,
        b"between" => Word::Between,
        b"is" | b"isnull" | b"notnull" => Word::Is,
        b"null" | b"true" | b"false" => Word::Constant,
        b"union" | b"intersect" | b"except" | b"minus" => Word::Union,
        b"all" | b"distinct" | b"distinctrow" | b"top" | b"sql_no_cache" | b"straight_join" => Word::Quantifier,
        b"select" => Word::Select,
        b"from" => Word::From,
        b"where" => Word::Where,
        b"having" => Word::Having,
        b"order" => Word::Order,
        b"group" => Word::Group,
        b"by" => Word::By,
        b"limit" | b"offset" | b"fetch" => Word::Limit,
        b"into" => Word::Into,
        b"outfile" | b"dumpfile" | b"infile" => Word::File,
        b"procedure" => Word::Procedure,
        b"case" => Word::Case,
        b"when" => Word::When,
        b"then" => Word::Then,
        b"else" => Word::Else,
        b"end" => Word::End,
        b"as" => Word::As,
        b"on" | b"join" | b"inner" | b"left" | b"right" | b"natural" | b"using" => Word::On,
        b"set" => Word::Set,
        b"values" | b"value" => Word::Values,
        b"exists" => Word::Exists,
        b"table" | b"database" | b"view" | b"index" | b"trigger" | b"schema" | b"login" | b"role" | b"extension"
        | b"column" | b"tablespace" | b"sequence" | b"temporary" | b"temp" | b"aggregate" => Word::Noun,
        b"delay" => Word::Delay,
        _ => return None,
    })
}

fn verb(lower: &[u8]) -> Option<Verb> {
    Some(match lower {
        b"insert" | b"replace" | b"merge" => Verb::Insert,
        b"update" => Verb::Update,
        b"delete" => Verb::Delete,
        b"drop" | b"create" | b"alter" | b"truncate" | b"rename" => Verb::Define,
        b"exec" | b"execute" => Verb::Exec,
        b"declare" => Verb::Declare,
        b"waitfor" => Verb::Waitfor,
        b"shutdown" => Verb::Shutdown,
        b"grant" | b"revoke" => Verb::Grant,
        b"copy" => Verb::Copy,
        b"call" => Verb::Call,
        b"load" => Verb::Load,
        b"show" | b"describe" | b"desc" | b"explain" => Verb::Show,
        b"begin" | b"commit" | b"rollback" => Verb::Begin,
        b"if" => Verb::If,
        b"do" | b"handler" => Verb::Do,
        b"attach" | b"pragma" | b"vacuum" => Verb::Attach,
        b"use" => Verb::Use,
        b"with" => Verb::With,
        _ => return None,
    })
}

fn name(lower: &[u8]) -> Option<Word> {
    const TABLES: [(&[&str], Word); 7] = [
        (FUNCTIONS, Word::Function),
        (DANGER, Word::Danger),
        (SCHEMA, Word::Schema),
        (NILADIC, Word::Niladic),
        (TIMING, Word::Timing),
        (SYSTEM_PROCEDURES, Word::SystemProcedure),
        (NOUNS, Word::Noun),
    ];
    let holds = |table: &[&str]| table.binary_search_by(|word| word.as_bytes().cmp(lower)).is_ok();
    TABLES.iter().find(|(table, _)| holds(table)).map(|(_, word)| *word)
}

/// Sorted.
#[rustfmt::skip]
const TIMING: &[&str] = &[
    "benchmark", "get_lock", "pg_sleep", "pg_sleep_for", "pg_sleep_until", "randomblob", "receive_message", "sleep",
    "sleep_until", "wait_for_executed_gtid_set", "zeroblob",
];

/// Sorted.
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

/// Sorted.
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

/// Sorted.
#[rustfmt::skip]
const NILADIC: &[&str] = &[
    "banner", "current_database", "current_date", "current_timestamp", "current_user", "localtimestamp", "rowid",
    "rownum", "session_user", "sysdate", "system_user", "user",
];

/// Sorted.
#[rustfmt::skip]
const NOUNS: &[&str] = &[
    "columns", "databases", "function", "tables",
];

/// Sorted.
#[rustfmt::skip]
const SYSTEM_PROCEDURES: &[&str] = &[
    "sp_add_job", "sp_addextendedproc", "sp_addlogin", "sp_addsrvrolemember", "sp_configure",
    "sp_execute_external_script", "sp_executesql", "sp_help", "sp_helptext", "sp_makewebtask", "sp_oacreate",
    "sp_oamethod", "sp_password", "sp_prepare", "sp_replwritetovarbin", "sp_start_job", "sp_who",
    "xp_availablemedia", "xp_cmdshell", "xp_dirtree", "xp_enumdsn", "xp_fileexist", "xp_loginconfig", "xp_makecab",
    "xp_ntsec_enumdomains", "xp_regread", "xp_regwrite", "xp_subdirs", "xp_terminate_process",
];

/// Sorted.
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
    fn tables_are_sorted() {
        for table in [TIMING, DANGER, SCHEMA, NILADIC, NOUNS, SYSTEM_PROCEDURES, FUNCTIONS] {
            assert!(table.is_sorted());
        }
    }

    #[test]
    fn words_are_known_in_any_case() {
        assert_eq!(classify(b"UnIoN"), Word::Union);
        assert_eq!(classify(b"PG_SLEEP"), Word::Timing);
        assert_eq!(classify(b"xp_CmdShell"), Word::SystemProcedure);
        assert_eq!(classify(b"hospital"), Word::Plain);
        assert_eq!(classify(&[b'a'; 100]), Word::Plain);
    }
}
