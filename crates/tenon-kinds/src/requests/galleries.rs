//! Galleries and what is in them, on their publisher's side.

use super::{Row, Version, group};
use crate::versions;

const GALLERY: &str =
    "compute/resource-manager/Microsoft.Compute/GalleryRP/stable/2023-07-03/gallery.json";

pub(super) const ROWS: &[Row] = &[
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Compute/galleries/{galleryName}/images"),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "finds the image definitions of a gallery",
        document: GALLERY,
        operation: "GalleryImages_ListByGallery",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Compute/galleries"),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "finds the galleries of a group",
        document: GALLERY,
        operation: "Galleries_ListByResourceGroup",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Compute/galleries/{galleryName}"),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "reads a gallery before it is changed",
        document: GALLERY,
        operation: "Galleries_Get",
    },
    Row {
        method: "GET",
        path: group!("/providers/Microsoft.Compute/galleries/{galleryName}"),
        version: Version::Pinned(versions::GALLERIES),
        query: &["$expand"],
        purpose: "tells with whom a gallery is shared without a role",
        document: GALLERY,
        operation: "Galleries_Get",
    },
    Row {
        method: "PUT",
        path: group!("/providers/Microsoft.Compute/galleries/{galleryName}"),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "makes a gallery, or changes it",
        document: GALLERY,
        operation: "Galleries_CreateOrUpdate",
    },
    Row {
        method: "DELETE",
        path: group!("/providers/Microsoft.Compute/galleries/{galleryName}"),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "deletes a gallery",
        document: GALLERY,
        operation: "Galleries_Delete",
    },
    Row {
        method: "POST",
        path: group!("/providers/Microsoft.Compute/galleries/{galleryName}/share"),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "shares a gallery with subscriptions, tenants or everybody, or with nobody",
        document: GALLERY,
        operation: "GallerySharingProfile_Update",
    },
    Row {
        method: "PUT",
        path: group!(
            "/providers/Microsoft.Compute/galleries/{galleryName}/images/{galleryImageName}"
        ),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "makes an image definition, or changes it",
        document: GALLERY,
        operation: "GalleryImages_CreateOrUpdate",
    },
    Row {
        method: "DELETE",
        path: group!(
            "/providers/Microsoft.Compute/galleries/{galleryName}/images/{galleryImageName}"
        ),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "deletes an image definition",
        document: GALLERY,
        operation: "GalleryImages_Delete",
    },
    Row {
        method: "GET",
        path: group!(
            "/providers/Microsoft.Compute/galleries/{galleryName}/images/{galleryImageName}/versions/{galleryImageVersionName}"
        ),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "reads an image version before it is changed",
        document: GALLERY,
        operation: "GalleryImageVersions_Get",
    },
    Row {
        method: "PUT",
        path: group!(
            "/providers/Microsoft.Compute/galleries/{galleryName}/images/{galleryImageName}/versions/{galleryImageVersionName}"
        ),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "makes an image version, or changes where it is; carries the token of the tenant that its source lies in",
        document: GALLERY,
        operation: "GalleryImageVersions_CreateOrUpdate",
    },
    Row {
        method: "DELETE",
        path: group!(
            "/providers/Microsoft.Compute/galleries/{galleryName}/images/{galleryImageName}/versions/{galleryImageVersionName}"
        ),
        version: Version::Pinned(versions::GALLERIES),
        query: &[],
        purpose: "deletes an image version",
        document: GALLERY,
        operation: "GalleryImageVersions_Delete",
    },
];
