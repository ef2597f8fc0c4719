//! Python pickles, opcode by opcode (the table of `Lib/pickletools.py`, protocols 0 to 5).
//!
//! A pickle is a program; plain data ends at STOP without ever naming a class. What names one and calls it is the attack.

use super::super::gate::spend;
use super::super::reading::{from, is_listed, until, window};

/// What a pickle does.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Pickle {
    /// Not a pickle, or one that ends before STOP.
    No,
    Data,
    /// Names classes of an application.
    Objects,
    /// Names what runs commands or code.
    Dangerous,
}

/// Opcodes read of one pickle.
const OPCODES: usize = 4096;

/// Modules whose functions run things.
const MODULES: &str = "os posix nt subprocess builtins __builtin__ sys commands pty platform code runpy importlib shutil socket timeit bdb pdb asyncio \
    _posixsubprocess webbrowser multiprocessing operator functools types marshal ctypes numpy.testing._private.utils";

pub(super) fn read(bytes: &[u8]) -> Pickle {
    let mut rest = bytes;
    let (mut names, mut dangerous, mut calls) = (false, false, false);
    let mut strings: Vec<&[u8]> = Vec::new();
    for _ in 0..OPCODES {
        spend(1);
        let [opcode, tail @ ..] = rest else { return Pickle::No };
        let argument = match argument_length(*opcode, tail) {
            Some(length) if length <= tail.len() => until(tail, length),
            _ => return Pickle::No,
        };
        spend(argument.len().min(64));
        rest = from(tail, argument.len());
        match opcode {
            b'.' => {
                return match (names, dangerous && calls) {
                    (_, true) => Pickle::Dangerous,
                    (true, _) => Pickle::Objects,
                    _ => Pickle::Data,
                };
            }
            b'c' | b'i' => {
                names = true;
                let module = argument.split(|byte| *byte == b'\n').next().unwrap_or_default();
                dangerous |= is_listed(module, MODULES);
                calls |= *opcode == b'i';
            }
            // STACK_GLOBAL takes module and name from the stack.
            0x93 => {
                names = true;
                dangerous |= strings.iter().rev().take(4).any(|text| is_listed(text, MODULES));
            }
            b'R' | b'o' | b'b' | 0x81 | 0x92 => calls = true,
            0x8c => strings.push(from(argument, 1)),
            b'X' | 0x8d => strings.push(from(argument, if *opcode == b'X' { 4 } else { 8 })),
            b'V' | b'S' => strings.push(argument.trim_ascii()),
            _ => {}
        }
        if strings.len() > 64 {
            strings.drain(..32);
        }
    }
    Pickle::No
}

/// How many bytes the argument of an opcode takes; `None` for what is no opcode.
fn argument_length(opcode: u8, tail: &[u8]) -> Option<usize> {
    let line = |text: &[u8]| memchr::memchr(b'\n', window(text, 0, 1024)).map(|at| at + 1);
    let little = |count: usize| {
        let digits = tail.get(..count)?;
        let length =
            digits.iter().rev().try_fold(0usize, |sum, byte| sum.checked_mul(256)?.checked_add(usize::from(*byte)))?;
        length.checked_add(count)
    };
    Some(match opcode {
        b'.'
        | b'0'
        | b'1'
        | b'2'
        | b'('
        | b')'
        | b'N'
        | b'Q'
        | b'R'
        | b'a'
        | b'b'
        | b'd'
        | b'e'
        | b'l'
        | b'o'
        | b's'
        | b't'
        | b'u'
        | b'}'
        | b']'
        | 0x81
        | 0x85..=0x89
        | 0x8f..=0x94
        | 0x97
        | 0x98 => 0,
        b'K' | b'h' | b'q' | 0x80 | 0x82 => 1,
        b'M' | 0x83 => 2,
        b'J' | b'j' | b'r' | 0x84 => 4,
        b'G' | 0x95 => 8,
        b'F' | b'I' | b'L' | b'P' | b'S' | b'V' | b'g' | b'p' => line(tail)?,
        b'c' | b'i' => {
            let first = line(tail)?;
            first + line(from(tail, first))?
        }
        b'U' | b'C' | 0x8c | 0x8a => little(1)?,
        b'T' | b'B' | b'X' | 0x8b => little(4)?,
        0x8d | 0x8e | 0x96 => little(8)?,
        _ => return None,
    })
}
