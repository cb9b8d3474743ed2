"""Printable documents over the wire."""

import io

from life import Life
from pypdf import PdfReader
from world import COMP1, CR1, World, on_both_databases


def listed(claim: Life, party=CR1):
    return claim.client(party).call("getPrintableDocumentsList", applicationId=claim.number).ok().payload["attachemntsList"]


@on_both_databases
def test_smoke(world: World) -> None:
    claim = Life(world, "rta", "token", "userauth")
    claim.to_stage21().walks(*"T30 T33 T35 T43 T45 T47 T32 T60 T62 T71 T74 T77 T73 T81 T100 T102 T104 T111 T120 T121".split())
    for one in listed(claim):
        body = claim.client(COMP1).call("getPrintableDocument", printableDocumentId=one["dataAttachmentGuid"]).ok().payload["attachment"]
        __import__("pathlib").Path(f"/tmp/printdocs/life-{body['dataAttachmentFileName']}").write_bytes(body["dataAttachmentFileZip"])
        print(one["dataAttachmentTitle"], one["dataAttachmentFileName"], one["dataAttachmentOwner"], one["dataAttachmentDate"], one["dataAttachmentGuid"])
        print(len(PdfReader(io.BytesIO(body["dataAttachmentFileZip"])).pages))
