//! The picture: strokes turned, leaning, bent by waves, cut up and shuffled, with a line across that means nothing.

use std::f64::consts::TAU;
use std::fmt::Write as _;

use medward_crypto::sha256_parts;

use super::CHARACTERS;
use super::glyphs::Glyph;

/// The picture in units of its own: 300 by 90.
const CELL: f64 = 54.0;
const HEIGHT: f64 = 90.0;
const MARGIN: f64 = 15.0;
/// Lines are bent and shuffled in pieces no longer than this.
const PIECE: f64 = 9.0;
/// Seen on screen: with three nobody reads it.
const LINES_ACROSS: usize = 1;

type Point = (f64, f64);

/// Chance from a seed: SHA-256 of the seed and a count.
pub(super) struct Chance {
    seed: [u8; 32],
    count: u32,
}

impl Chance {
    pub(super) fn new(seed: &[u8; 32]) -> Self {
        Self { seed: *seed, count: 0 }
    }

    fn next(&mut self) -> u32 {
        self.count = self.count.wrapping_add(1);
        let hash = sha256_parts(&[&self.seed, &self.count.to_be_bytes()]);
        hash.first_chunk::<4>().map_or(0, |bytes| u32::from_be_bytes(*bytes))
    }

    /// Below `bound`, evenly but for what 32 bits leave over, or 0.
    pub(super) fn below(&mut self, bound: usize) -> usize {
        let scaled = (u64::from(self.next()) * u64::try_from(bound).unwrap_or(0)) >> 32;
        usize::try_from(scaled).unwrap_or(0)
    }

    fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * f64::from(self.next()) / f64::from(u32::MAX)
    }
}

/// The picture as an element.
pub(super) fn draw(glyphs: &[Glyph], mut chance: Chance) -> String {
    let mut pieces = Vec::new();
    let mut left = MARGIN;
    for (_, strokes) in glyphs {
        let place = Placing::new(left, &mut chance);
        for stroke in *strokes {
            let points: Vec<Point> = stroke.iter().map(|point| place.of(*point)).collect();
            points.iter().zip(points.iter().skip(1)).for_each(|(from, to)| cut(*from, *to, &mut pieces));
        }
        left += CELL;
    }
    for _ in 0..LINES_ACROSS {
        let mut end = |x: f64| (x + chance.between(-4.0, 4.0), chance.between(15.0, HEIGHT - 15.0));
        cut(end(10.0), end(290.0), &mut pieces);
    }
    let wave = Wave::new(&mut chance);
    let mut path = String::new();
    // In no order and from either end, so that the markup does not say which pieces belong together.
    while !pieces.is_empty() {
        let (from, to) = pieces.swap_remove(chance.below(pieces.len()));
        let (from, to) = if chance.below(2) == 0 { (from, to) } else { (to, from) };
        let ((x, y), (x_to, y_to)) = (wave.bend(from), wave.bend(to));
        // Writing to a string cannot fail.
        write!(path, "M{x:.1} {y:.1}L{x_to:.1} {y_to:.1}").unwrap_or_default();
    }
    let width = 2.0 * MARGIN + CELL * f64::from(u8::try_from(CHARACTERS).unwrap_or(u8::MAX));
    format!(
        "<svg viewBox=\"0 0 {width} {HEIGHT}\" width=\"{width}\" height=\"{HEIGHT}\" aria-hidden=\"true\">\
         <path fill=\"none\" stroke=\"currentColor\" stroke-width=\"3\" stroke-linecap=\"round\" d=\"{path}\"/></svg>"
    )
}

/// Adds a straight line as pieces of about the same length, whatever it belongs to.
fn cut(from: Point, to: Point, pieces: &mut Vec<(Point, Point)>) {
    let count = ((to.0 - from.0).hypot(to.1 - from.1) / PIECE).ceil().max(1.0);
    let at = |share: f64| (from.0 + (to.0 - from.0) * share, from.1 + (to.1 - from.1) * share);
    let mut index = 0.0;
    while index < count {
        pieces.push((at(index / count), at((index + 1.0) / count)));
        index += 1.0;
    }
}

/// Where a character stands, and how it leans.
struct Placing {
    middle: Point,
    turn: (f64, f64),
    size: Point,
    lean: f64,
}

impl Placing {
    fn new(left: f64, chance: &mut Chance) -> Self {
        Self {
            middle: (left + CELL / 2.0 + chance.between(-4.0, 4.0), HEIGHT / 2.0 + chance.between(-6.0, 6.0)),
            turn: chance.between(-0.25, 0.25).sin_cos(),
            size: (chance.between(5.2, 6.4), chance.between(5.6, 6.8)),
            lean: chance.between(-0.2, 0.2),
        }
    }

    fn of(&self, (x, y): (u8, u8)) -> Point {
        let (x, y) = ((f64::from(x) - 3.0) * self.size.0, (f64::from(y) - 4.0) * self.size.1);
        let x = x - y * self.lean;
        let (sin, cos) = self.turn;
        (self.middle.0 + x * cos - y * sin, self.middle.1 + x * sin + y * cos)
    }
}

/// Bends the whole picture, so that no character has the shape it has elsewhere.
struct Wave {
    phase: Point,
    length: Point,
}

impl Wave {
    fn new(chance: &mut Chance) -> Self {
        Self {
            phase: (chance.between(0.0, TAU), chance.between(0.0, TAU)),
            length: (chance.between(70.0, 120.0), chance.between(50.0, 90.0)),
        }
    }

    fn bend(&self, (x, y): Point) -> Point {
        let across = 3.0 * (y / self.length.1 * TAU + self.phase.0).sin();
        let along = 5.0 * (x / self.length.0 * TAU + self.phase.1).sin();
        (x + across, y + along)
    }
}
