//! One OpenAPI document for everything (DESIGN §7), made from the declared routes.

use medward_kernel::permission::Matrix;
use medward_kernel::route::Route;
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::path::Paths;
use utoipa::openapi::{Components, Info, OpenApi, OpenApiBuilder};

/// The document of these routes. Each operation says its permission as `x-medward-permission`.
pub fn document(routes: &[Route], matrix: &Matrix) -> OpenApi {
    let mut components = Components::new();
    let mut paths = Paths::new();
    for route in routes {
        for (name, schema) in &route.schemas {
            components.schemas.insert(name.clone(), schema.clone());
        }
        for (path, item) in &route.docs.paths {
            let mut item = item.clone();
            let operations = [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
            for operation in operations.into_iter().flatten() {
                let extensions = ExtensionsBuilder::new()
                    .add("x-medward-permission", route.permission.as_str())
                    .add("x-medward-audit", route.audit.map(|audit| format!("{}.{}", audit.object_type, audit.verb)))
                    .build();
                operation.extensions = Some(extensions);
            }
            match paths.paths.get_mut(path) {
                Some(known) => known.merge_operations(item),
                None => drop(paths.paths.insert(path.clone(), item)),
            }
        }
    }
    debug_assert!(
        routes.iter().all(|route| matrix.contains(route.permission)),
        "start-up has checked every permission"
    );
    let mut info = Info::new("Medward", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "API of Medward (医垣). Errors are RFC 9457 problem documents; times are integer microseconds UTC.".into(),
    );
    OpenApiBuilder::new().info(info).paths(paths).components(Some(components)).build()
}
