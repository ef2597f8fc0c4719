//! What is said to Redis, and how its answer is read.

use medward_defence::limit::{Contribution, Totals};
use redis::{Script, ScriptInvocation, Value};

/// Counters of one call of the script: Redis does nothing else meanwhile.
pub(super) const BATCH: usize = 256;

/// Bytes that the answer to a call, or to a login, may have. A counter has two numbers of at most 22 bytes each; the rest is
/// for what surrounds them and for messages of errors.
pub(super) const MAX_ANSWER_BYTES: usize = 64 * BATCH + 4_096;

/// Adds to each counter and says what it holds. KEYS: the era, then the current and the previous bucket of each counter. ARGV:
/// an era to begin if there is none, then what to add to both and how many milliseconds they live. What stands under a
/// key and is no number is replaced: nobody else may write there.
const SCRIPT: &str = "
local era = redis.pcall('GET', KEYS[1])
if type(era) ~= 'string' or #era > 16 or not era:match('^%d+$') then
  era = ARGV[1]
  redis.call('SET', KEYS[1], era)
end
local answer = {era}
local function add(key, amount, life)
  local total
  if amount == '0' then
    total = redis.pcall('GET', key)
    if type(total) ~= 'string' or #total > 19 or not total:match('^%d+$') then
      if total then redis.call('DEL', key) end
      total = 0
    end
  else
    total = redis.pcall('INCRBY', key, amount)
    if type(total) ~= 'number' or total < 0 then
      redis.call('SET', key, amount)
      total = amount
    end
    redis.call('PEXPIRE', key, life)
  end
  answer[#answer + 1] = total
end
for at = 1, (#KEYS - 1) / 2 do
  add(KEYS[2 * at], ARGV[3 * at - 1], ARGV[3 * at + 1])
  add(KEYS[2 * at + 1], ARGV[3 * at], ARGV[3 * at + 1])
end
return answer
";

pub(super) fn script() -> Script {
    Script::new(SCRIPT)
}

/// The call for these counters.
pub(super) fn call<'s>(
    script: &'s Script,
    prefix: &str,
    new_era: u64,
    contributions: &[Contribution],
) -> ScriptInvocation<'s> {
    let mut call = script.prepare_invoke();
    call.key(format!("{prefix}:era")).arg(new_era.to_string());
    for contribution in contributions {
        let Contribution { key, bucket, window, current, previous } = contribution;
        call.key(format!("{prefix}:{key}:{bucket}")).key(format!("{prefix}:{key}:{}", bucket.saturating_sub(1)));
        let life_millis = window.as_millis().saturating_mul(2).max(1);
        call.arg(current.to_string()).arg(previous.to_string()).arg(life_millis.to_string());
    }
    call
}

/// Reads the totals of this many counters; none when it is anything else.
pub(super) fn totals(answer: Value, counters: usize) -> Option<Vec<Totals>> {
    let Value::Array(values) = answer else { return None };
    let (era, values) = values.split_first()?;
    let era = number(era)?;
    if values.len() != counters.checked_mul(2)? {
        return None;
    }
    let total = |pair: &[Value]| match pair {
        [current, previous] => Some(Totals { era, current: number(current)?, previous: number(previous)? }),
        _ => None,
    };
    values.chunks(2).map(total).collect()
}

/// A number that may stand as text. Nothing was ever taken away, so it is none below zero.
fn number(value: &Value) -> Option<u64> {
    match value {
        Value::Int(number) => u64::try_from(*number).ok(),
        Value::BulkString(text) => std::str::from_utf8(text).ok()?.parse().ok(),
        _ => None,
    }
}
