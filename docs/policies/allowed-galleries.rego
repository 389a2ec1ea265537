# Machines are built from these galleries and from nothing else.
package main

# How ids begin, in lower case.
allowed_galleries := {
	"/subscriptions/44444444-4444-4444-4444-444444444444/resourcegroups/images/providers/microsoft.compute/galleries/acme/",
}

# Whatever a machine or a scale set is made of, in whichever member of its body.
deny_gallery contains {
	"msg": sprintf("%s would be built from %s", [step.address, image]),
	"address": step.address,
	"help": "take an image of a gallery that is allowed",
} if {
	some step in input.steps
	step.does in {"create", "update"}
	walk(step.request.body, [path, reference])
	path[count(path) - 1] == "imageReference"
	some member, image in reference
	member in {"id", "sharedGalleryImageId", "communityGalleryImageId"}
	not is_allowed(image)
}

deny_gallery contains {
	"msg": sprintf("%s would be built from an image of the marketplace", [step.address]),
	"address": step.address,
	"help": "take an image of a gallery that is allowed",
} if {
	some step in input.steps
	step.does in {"create", "update"}
	walk(step.request.body, [path, reference])
	path[count(path) - 1] == "imageReference"
	reference.publisher
}

is_allowed(image) if {
	some gallery in allowed_galleries
	startswith(lower(image), gallery)
}
