//! The forms of a value that a link looks at.

use medward_detect::ByteMask;

use crate::lang::ast::Link;
use crate::transform::{MAX_LAYERS, Transformation, next_layer};

/// The value after the link's transformations; with `multiMatch` also as it came and after each step that changed it. With
/// `decodeLayers` a value goes on in several forms, one for each layer; those that end up the same are one.
pub(super) fn stages(link: &Link, value: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![value.to_vec()];
    let mut changes = vec![value.to_vec()];
    for transformation in &link.transformations {
        let mut next = Vec::new();
        for form in forms {
            if *transformation == Transformation::DecodeLayers {
                let layers = layers(&form);
                changes.extend(layers.iter().cloned());
                next.push(form);
                next.extend(layers);
            } else {
                let mut result = Vec::new();
                transformation.apply(&form, &mut result);
                if result != form {
                    changes.push(result.clone());
                }
                next.push(result);
            }
        }
        forms = next;
    }
    if link.multi_match {
        return changes;
    }
    let mut distinct: Vec<Vec<u8>> = Vec::new();
    for form in forms {
        if !distinct.contains(&form) {
            distinct.push(form);
        }
    }
    distinct
}

/// Whether only the first form that matches counts: layers are views of one value, not things that happened to it.
pub(super) fn first_form_counts(link: &Link) -> bool {
    !link.multi_match && link.transformations.contains(&Transformation::DecodeLayers)
}

/// What lies under a value, one layer of encoding after the other.
fn layers(value: &[u8]) -> Vec<Vec<u8>> {
    let mut layers: Vec<Vec<u8>> = Vec::new();
    let mut inner = Vec::new();
    for _ in 0..MAX_LAYERS {
        let outer = layers.last().map_or(value, Vec::as_slice);
        if next_layer(outer, ByteMask::of(outer), &mut inner).is_none() {
            break;
        }
        layers.push(inner.clone());
    }
    layers
}
