"""Further commands of the Azure CLI that an engineer types around a machine.
Each has to succeed; what they ask is not kept."""

import json

from azure_cli import Cli
from stage import IMAGES, MACHINES

IMAGE = (
    f"/subscriptions/{IMAGES}/resourceGroups/myGalleryRG/providers/Microsoft.Compute"
    "/galleries/myGallery/images/myImageDef"
)
TEMPLATE = {
    "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
    "contentVersion": "1.0.0.0",
    "parameters": {"name": {"type": "string", "defaultValue": "rules"}},
    "resources": [
        {
            "type": "Microsoft.Network/networkSecurityGroups",
            "apiVersion": "2023-09-01",
            "name": "[parameters('name')]",
            "location": "[resourceGroup().location]",
            "properties": {"securityRules": []},
        }
    ],
}

CONSUMER = """
group create -n g -l westeurope --tags a=b
network vnet create -g g -n v --address-prefix 10.1.0.0/16 --subnet-name s --subnet-prefix 10.1.0.0/24
network vnet subnet create -g g --vnet-name v -n s2 --address-prefixes 10.1.1.0/24
network nsg create -g g -n nsg
network nsg rule create -g g --nsg-name nsg -n ssh --priority 100 --destination-port-ranges 22 --source-address-prefixes 10.0.0.0/8
network nsg rule update -g g --nsg-name nsg -n ssh --priority 110
network nsg rule list -g g --nsg-name nsg
network vnet subnet update -g g --vnet-name v -n s --network-security-group nsg
network public-ip create -g g -n ip --sku Standard --zone 1
network nic create -g g -n nic --vnet-name v --subnet s --public-ip-address ip
network nic show -g g -n nic
vm create -g g -n vm1 --nics nic --image {image}/versions/1.0.0 --admin-username azureuser --generate-ssh-keys --size Standard_D2s_v5
vm create -g g -n vms --count 2 --image {image}/versions/1.0.0 --admin-username azureuser --generate-ssh-keys --vnet-name v --subnet s2 --public-ip-address {empty} --nsg {empty}
vm create -g g -n latest --image {image} --admin-username azureuser --generate-ssh-keys --vnet-name v --subnet s2 --public-ip-address {empty} --nsg {empty} --validate
vm create -g g -n pw --image {image}/versions/1.0.0 --admin-username azureuser --admin-password correct-Horse-7-battery --vnet-name v --subnet s2 --public-ip-address {empty} --nsg {empty} --security-type TrustedLaunch --enable-vtpm true --enable-secure-boot true --data-disk-sizes-gb 16 32 --zone 1
vm list -g g -d
vm get-instance-view -g g -n vm1
vm stop -g g -n vm1
vm deallocate -g g -n vm1
vm resize -g g -n vm1 --size Standard_D4s_v5
vm start -g g -n vm1
vm restart -g g -n vm1
vm update -g g -n vm1 --set tags.x=y
vm list-ip-addresses -g g -n vm1
vm list-sizes -l westeurope
vm list-vm-resize-options -g g -n vm1
disk create -g g -n d --size-gb 32 --sku Premium_LRS
vm disk attach -g g --vm-name vm1 --name d
vm disk detach -g g --vm-name vm1 --name d
disk update -g g -n d --size-gb 64
disk list -g g
snapshot create -g g -n snap --source d
identity create -g g -n id
vm identity show -g g -n vm1
vm availability-set create -g g -n as
sshkey create -g g -n key
vm extension set -g g --vm-name vm1 -n customScript --publisher Microsoft.Azure.Extensions --version 2.1 --settings {settings}
vm extension list -g g --vm-name vm1
tag update --resource-id /subscriptions/{machines}/resourceGroups/g --operation merge --tags c=d
tag list --resource-id /subscriptions/{machines}/resourceGroups/g
resource list -g g
resource list --tag a=b
resource show -g g -n vm1 --resource-type Microsoft.Compute/virtualMachines
resource tag --ids /subscriptions/{machines}/resourceGroups/g/providers/Microsoft.Network/networkSecurityGroups/nsg --tags q=r
provider register -n Microsoft.KeyVault
vm list-usage -l westeurope
network list-usages -l westeurope
vmss create -g g -n ss --image {image}/versions/1.0.0 --admin-username azureuser --generate-ssh-keys --instance-count 2 --vnet-name v --subnet s2 --orchestration-mode Uniform --upgrade-policy-mode manual --lb {empty} --public-ip-address {empty}
vmss list-instances -g g -n ss
vmss delete -g g -n ss
deployment group validate -g g -f {template}
deployment group create -g g -f {template}
deployment group list -g g
deployment operation group list -g g -n t
role assignment list --all
role definition list --name Contributor
vm simulate-eviction -g g -n vm1
vm redeploy -g g -n vm1
vm reapply -g g -n vm1
vm delete -g g -n vm1 --yes
disk delete -g g -n d --yes
network nic delete -g g -n nic
network public-ip delete -g g -n ip
"""

PUBLISHER = """
sig list
sig image-definition list -g myGalleryRG -r myGallery
sig image-version update -g myGalleryRG -r myGallery -i myImageDef -e 1.1.0 --set publishingProfile.excludeFromLatest=true
sig image-version show -g myGalleryRG -r myGallery -i myImageDef -e 1.1.0 --expand ReplicationStatus
image list
sig image-version delete -g myGalleryRG -r myGallery -i myImageDef -e 1.1.0
"""


def run(az: Cli) -> None:
    template = az.stage.folder / "t.json"
    template.write_text(json.dumps(TEMPLATE, indent=2))
    words = {
        "image": IMAGE,
        "machines": MACHINES,
        "template": str(template),
        "settings": '{"commandToExecute":"true"}',
        "empty": "",
    }
    for subscription, commands in [(MACHINES, CONSUMER), (IMAGES, PUBLISHER)]:
        az.quietly("account", "set", "--subscription", subscription)
        for line in commands.strip().splitlines():
            az.quietly(*[word.format(**words) for word in line.split(" ")])
    az.quietly("account", "set", "--subscription", MACHINES)
    az.quietly(*"group delete -n g --yes".split(" "))
