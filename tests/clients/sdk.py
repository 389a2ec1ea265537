"""The Azure SDK for Python on the simulator: a machine from an image of
another tenant, with the auxiliary header that the SDK itself sends."""

from azure.core.exceptions import HttpResponseError, ResourceNotFoundError
from azure.identity import ClientSecretCredential
from azure.mgmt.compute import ComputeManagementClient
from azure.mgmt.compute import models as compute
from azure.mgmt.core.policies import AuxiliaryAuthenticationPolicy
from azure.mgmt.network import NetworkManagementClient
from azure.mgmt.network import models as network
from azure.mgmt.resource import ResourceManagementClient

from stage import APPLICATION, CONSUMER, IMAGES, MACHINES, PUBLISHER, SECRET, Stage

GROUP = "sdk-group"
IMAGE = (
    f"/subscriptions/{IMAGES}/resourceGroups/myGalleryRG/providers/Microsoft.Compute"
    "/galleries/myGallery/images/myImageDef/versions/1.0.0"
)


def credential(stage: Stage, tenant: str) -> ClientSecretCredential:
    return ClientSecretCredential(
        tenant,
        APPLICATION,
        SECRET,
        authority=stage.url,
        # The simulator's host is not one of Microsoft's.
        disable_instance_discovery=True,
    )


def clients(stage: Stage):
    scope = f"{stage.url}/.default"
    common = {
        "base_url": stage.url,
        "credential_scopes": [scope],
        "polling_interval": 1,
    }
    consumer = credential(stage, CONSUMER)
    auxiliary = AuxiliaryAuthenticationPolicy([credential(stage, PUBLISHER)], scope)
    return (
        ResourceManagementClient(consumer, MACHINES, **common),
        NetworkManagementClient(consumer, MACHINES, **common),
        ComputeManagementClient(
            consumer, MACHINES, per_retry_policies=[auxiliary], **common
        ),
        ComputeManagementClient(consumer, MACHINES, **common),
    )


def machine(nic_id: str) -> compute.VirtualMachine:
    disk = compute.OSDisk(create_option="FromImage", delete_option="Delete")
    return compute.VirtualMachine(
        location="westeurope",
        hardware_profile=compute.HardwareProfile(vm_size="Standard_D2s_v5"),
        storage_profile=compute.StorageProfile(
            image_reference=compute.ImageReference(id=IMAGE), os_disk=disk
        ),
        os_profile=compute.OSProfile(
            computer_name="sdk-vm",
            admin_username="azureuser",
            admin_password="correct-Horse-7-battery",
            linux_configuration=compute.LinuxConfiguration(
                disable_password_authentication=False
            ),
        ),
        network_profile=compute.NetworkProfile(
            network_interfaces=[compute.NetworkInterfaceReference(id=nic_id)]
        ),
    )


def network_interface(clients: NetworkManagementClient) -> str:
    """Makes a network, an address and an interface; returns the interface's id."""
    vnet = clients.virtual_networks.begin_create_or_update(
        GROUP,
        "vnet",
        network.VirtualNetwork(
            location="westeurope",
            address_space=network.AddressSpace(address_prefixes=["10.9.0.0/16"]),
            subnets=[network.Subnet(name="app", address_prefix="10.9.1.0/24")],
        ),
    ).result()
    address = clients.public_ip_addresses.begin_create_or_update(
        GROUP,
        "address",
        network.PublicIPAddress(
            location="westeurope",
            sku=network.PublicIPAddressSku(name="Standard"),
            public_ip_allocation_method="Static",
        ),
    ).result()
    first = network.NetworkInterfaceIPConfiguration(
        name="first",
        subnet=network.Subnet(id=vnet.subnets[0].id),
        public_ip_address=network.PublicIPAddress(id=address.id),
    )
    nic = clients.network_interfaces.begin_create_or_update(
        GROUP,
        "nic",
        network.NetworkInterface(location="westeurope", ip_configurations=[first]),
    ).result()
    assert nic.provisioning_state == "Succeeded", nic.provisioning_state
    assert nic.ip_configurations[0].private_ip_address.startswith("10.9.1."), nic
    return nic.id


def run(stage: Stage) -> None:
    groups, networks, machines, without = clients(stage)
    groups.resource_groups.create_or_update(GROUP, {"location": "westeurope"})
    nic = network_interface(networks)

    try:
        without.virtual_machines.begin_create_or_update(GROUP, "sdk-vm", machine(nic))
        raise AssertionError("the other tenant's image was used without its token")
    except HttpResponseError as error:
        assert error.status_code == 403, error
        assert error.error.code == "LinkedAuthorizationFailed", error

    made = machines.virtual_machines.begin_create_or_update(
        GROUP, "sdk-vm", machine(nic)
    ).result()
    assert made.provisioning_state == "Succeeded", made.provisioning_state
    assert made.storage_profile.image_reference.id == IMAGE, made.storage_profile
    assert made.os_profile.admin_password is None, "a password came back"

    listed = [one.name for one in machines.virtual_machines.list(GROUP)]
    assert listed == ["sdk-vm"], listed
    view = machines.virtual_machines.instance_view(GROUP, "sdk-vm")
    states = [status.code for status in view.statuses]
    assert "PowerState/running" in states, states

    machines.virtual_machines.begin_deallocate(GROUP, "sdk-vm").result()
    machines.virtual_machines.begin_start(GROUP, "sdk-vm").result()
    machines.virtual_machines.begin_delete(GROUP, "sdk-vm").result()
    try:
        machines.virtual_machines.get(GROUP, "sdk-vm")
        raise AssertionError("the machine is still there")
    except ResourceNotFoundError as error:
        assert error.error.code == "ResourceNotFound", error
    groups.resource_groups.begin_delete(GROUP).result()
    assert not groups.resource_groups.check_existence(GROUP)
    stage.note("Azure SDK for Python: group, network, address, interface, machine")
