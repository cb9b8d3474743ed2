"""The claim notification form of road traffic accidents (RTA1), in the order of the printed form."""

from __future__ import annotations

from gateway.documents.cnf_parts import (
    ACCIDENT,
    CLAIM,
    CLAIMANT,
    COMPENSATOR,
    DEFENDANT,
    FIRM,
    FUNDING,
    claimant,
    defendant_business,
    defendant_person,
    funding,
    insurer,
    medical,
    representative,
    someone,
    vehicle,
)
from gateway.documents.declared import Address, Part, Person, Ticked, Value

INJURIES = (("Whiplash", "Whiplash"), ("SoftTissue", "Soft tissue"), ("BoneInjury", "Bone injury"), ("Other", "Other"))
_REPAIRS = "RepairsAndAlternativeVehicleProvision/Repairs"
_OTHER_VEHICLE = "RepairsAndAlternativeVehicleProvision/AlternativeVehicleProvision"
_BUS = "AccidentData/BusCoach"
_LIABILITY = "LiabilityFunding/Liability"

_VEHICLE_DAMAGE = Part(
    "Vehicle damage and repairs",
    (
        Value("Is damage to the claimant's own vehicle claimed?", f"{_REPAIRS}/@ClaiimingDamageOwnVehicle"),
        Value("Claimant's insurance", f"{_REPAIRS}/@DetailsOfTheInsurance"),
        Value("Other insurance", f"{_REPAIRS}/@OtherDetails"),
        Value("Is the claim made through the claimant's insurer?", f"{_REPAIRS}/@ThroughClaimantInsurer"),
        Value("Is the claim made through another company?", f"{_REPAIRS}/@ThroughAlternatieCompany"),
        Value("Is the vehicle a total loss?", f"{_REPAIRS}/@TotalLoss"),
        Value("State of the repairs", f"{_REPAIRS}/@RepairsPosition"),
        Value("Does the defendant's insurer need to inspect the vehicle?", f"{_REPAIRS}/@DefendantInsInspection"),
        Value("Where the vehicle is", f"{_REPAIRS}/@Location"),
        Value("Contact for an inspection", f"{_REPAIRS}/@ContactDetails"),
    ),
    (
        Part(
            "Other company",
            (
                Value("Name", f"{_REPAIRS}/AlternativeCompany/@CompanyName"),
                Value("Address", f"{_REPAIRS}/AlternativeCompany/@Address"),
                Value("Telephone", f"{_REPAIRS}/AlternativeCompany/@TelephoneNumber"),
                Value("Reference", f"{_REPAIRS}/AlternativeCompany/@ReferenceNumber"),
            ),
        ),
    ),
)

_ALTERNATIVE_VEHICLE = Part(
    "Alternative vehicle provision",
    (
        Value("Is the claimant entitled to an alternative vehicle?", f"{_OTHER_VEHICLE}/@ClaimantEntitled"),
        Value("Does the claimant need an alternative vehicle?", f"{_OTHER_VEHICLE}/@AVRequiredByCL"),
        Value("Has one been provided?", f"{_OTHER_VEHICLE}/@AVProvided"),
        Value("Does the need for hire continue?", f"{_OTHER_VEHICLE}/@HireNeed"),
        Value("Is the defendant's insurer asked to provide one?", f"{_OTHER_VEHICLE}/@AVRequiredByCR"),
        Value("Type of vehicle needed", f"{_OTHER_VEHICLE}/@VehicleType"),
        Value("Contact", f"{_OTHER_VEHICLE}/@ContactName"),
        Value("Telephone", f"{_OTHER_VEHICLE}/@TelephoneNumber"),
    ),
    (
        Part(
            "Provider",
            (
                Value("Name", f"{_OTHER_VEHICLE}/Provider/@ProviderName"),
                Value("Address", f"{_OTHER_VEHICLE}/Provider/@ProviderAddress"),
                Value("Reference", f"{_OTHER_VEHICLE}/Provider/@ReferenceNumber"),
                Value("Start of hire", f"{_OTHER_VEHICLE}/Provider/@StartDate"),
                Value("End of hire", f"{_OTHER_VEHICLE}/Provider/@EndDate", sort="date"),
                *vehicle(f"{_OTHER_VEHICLE}/Provider/Vehicle"),
            ),
        ),
    ),
)

CONDITIONS = (
    Ticked(
        "Weather conditions",
        f"{ACCIDENT}/WeatherConditions",
        (("Sun", "Sun"), ("Rain", "Rain"), ("Snow", "Snow"), ("Ice", "Ice"), ("Fog", "Fog"), ("Other", "Other")),
        "OtherDetails",
    ),
    Ticked(
        "Road conditions",
        f"{ACCIDENT}/RoadConditions",
        (("Dry", "Dry"), ("Wet", "Wet"), ("Snow", "Snow"), ("Ice", "Ice"), ("Mud", "Mud"), ("Oil", "Oil"), ("Other", "Other")),
        "OtherDetails",
    ),
    Ticked(
        "Circumstances",
        f"{ACCIDENT}/AccidentCircumstances",
        (
            ("VhclHitSideRoad", "Vehicle hit by a vehicle from a side road"),
            ("VhclHitInRear", "Vehicle hit in the rear"),
            ("VhclHitWhilstParked", "Vehicle hit whilst parked"),
            ("AccidCarPark", "Accident in a car park"),
            ("AccidRoundabout", "Accident on a roundabout"),
            ("AccidChangingLanes", "Accident while changing lanes"),
            ("ConcertinaCollision", "Concertina collision"),
            ("Other", "Other"),
        ),
    ),
)

_ACCIDENT = Part(
    "Accident details",
    (
        Value("Date of the accident", f"{ACCIDENT}/@AccidentDate"),
        Value("Time of the accident", f"{ACCIDENT}/@AccidentTime"),
        Value("Location", f"{ACCIDENT}/@AccidentLocation"),
        Value("Description of the accident", f"{ACCIDENT}/@AccidentDescription", long=True),
        Value("The claimant was", f"{ACCIDENT}/@ClaimantType"),
        Value("Other role of the claimant", f"{ACCIDENT}/@OtherType"),
        Value("Number of occupants of the vehicle", f"{ACCIDENT}/@OccupantsNumber"),
        Value("Was the claimant wearing a seatbelt?", f"{ACCIDENT}/@Seatbelt"),
        Value("Was the driver of the claimant's vehicle the defendant?", f"{ACCIDENT}/@DriverIsDefendant"),
        *CONDITIONS,
        Value("Was the accident reported to the police?", f"{ACCIDENT}/@PoliceReported"),
    ),
    (
        Part("Driver of the vehicle the claimant was in", someone(f"{ACCIDENT}/Driver")),
        Part("Owner of the vehicle the claimant was in", someone(f"{ACCIDENT}/Owner")),
        Part("Vehicle the claimant was in", vehicle(f"{ACCIDENT}/Vehicle")),
        Part("Insurance of the vehicle the claimant was in", insurer(f"{ACCIDENT}/InsuranceCompanyInformatiion")),
        Part(
            "Police",
            (
                Value("Police station", f"{ACCIDENT}/PoliceDetails/@StationName"),
                Value("Address", f"{ACCIDENT}/PoliceDetails/@StationAddress"),
                Value("Reporting officer", f"{ACCIDENT}/PoliceDetails/@ReportingOfficerName"),
                Value("Reference", f"{ACCIDENT}/PoliceDetails/@ReferenceNumber"),
            ),
        ),
    ),
)

_BUS_OR_COACH = Part(
    "Bus or coach",
    (
        Value("Did the accident involve a bus or coach?", f"{_BUS}/@BussOrCoach"),
        Value("Name of the driver", f"{_BUS}/@DriverName"),
        Value("Identity number of the driver", f"{_BUS}/@DriverID"),
        Value("Description of the driver", f"{_BUS}/@DriverDescription", long=True),
        Value("Description of the vehicle", f"{_BUS}/@VehicleDescription", long=True),
        Value("Number of passengers", f"{_BUS}/@NumberOfPassengers"),
        Value("Is there evidence of travel?", f"{_BUS}/@Evidence"),
        Value("Comments", f"{_BUS}/@Comments", long=True),
    ),
)

_RESPONSIBLE = (
    Value("Why the defendant is responsible", f"{_LIABILITY}/@DefendantResponsability", long=True),
    Ticked(
        "Other parties who are also responsible",
        _LIABILITY,
        tuple((f"OP{number}Responsability", f"Other party {number}") for number in range(1, 7)),
    ),
)

_OTHER_PARTIES = Part(
    "Other parties and witnesses",
    parts=(
        Part(
            "Other party",
            (
                Value("Type", "@OPType"),
                Value("Role", "@OPOther"),
                Person("Name", "PersonalDetails"),
                Address("Address", "PersonalDetails/Address"),
                *vehicle("VihicleInformation"),
            ),
            (Part("Insurance", insurer("InsuranceCompanyInformatiion")),),
            each="OtherPartyDetails/OtherParty",
        ),
    ),
)

_DEFENDANT = Part(
    "Defendant's details",
    (
        Value("The defendant is", f"{DEFENDANT}/@DefendantStatus"),
        Value("Driver of the defendant's vehicle", f"{DEFENDANT}/@DefDriverName"),
        Value("How the defendant's details were obtained", f"{DEFENDANT}/@DefendantDetailsObtained", long=True),
        Value("Approximate age of the defendant", f"{DEFENDANT}/@DefedantAge"),
        Value("Description of the defendant", f"{DEFENDANT}/@DefendandDescription", long=True),
        Value("Comments", f"{DEFENDANT}/@Comments", long=True),
    ),
    (
        defendant_person(Value("Sex", f"{DEFENDANT}/PersonalDetails/@Sex"), Value("Date of birth", f"{DEFENDANT}/PersonalDetails/@DateOfBirth")),
        defendant_business(),
        Part("Defendant's vehicle", vehicle(f"{DEFENDANT}/Vehicle")),
    ),
)

_INSURER = Part(
    "Defendant's insurer",
    (
        Value("Compensator", f"{COMPENSATOR}/@InsurerName"),
        Value("Type of compensator", f"{COMPENSATOR}/@InsurerType"),
        Value("Policy number or reference", f"{DEFENDANT}/@PolicyNumberReference"),
    ),
    (
        Part(
            "Insurer found",
            (Value("Name", "@InsurerName"), Value("Type", "@InsurerType"), Value("Was it chosen?", "@Selected")),
            each=f"{DEFENDANT}/InsurerFound",
        ),
    ),
)

FORM = (
    Part(
        "The claim",
        (
            Value("Value of the claim (£)", f"{CLAIM}/@ClaimValue"),
            Value("askCUE PI reference", f"{CLAIMANT}/@AskCUEPIReference"),
            Value("Official Injury Claim reference", f"{CLAIM}/@OICReferenceNumber"),
        ),
    ),
    representative(Value("Policy number", f"{FIRM}/@PolicyNumber"), Value("Provider's address", f"{FIRM}/@ProviderAddress")),
    claimant(
        Value("Sex", f"{CLAIMANT}/PersonalDetails/@Sex"),
        parts=(Part("Claimant's vehicle", vehicle(f"{CLAIMANT}/Vehicle")),),
    ),
    *medical(INJURIES),
    _VEHICLE_DAMAGE,
    _ALTERNATIVE_VEHICLE,
    _ACCIDENT,
    Part("Liability", _RESPONSIBLE),
    _OTHER_PARTIES,
    _DEFENDANT,
    _INSURER,
    _BUS_OR_COACH,
    *funding("Ohter", Value("Was free legal expenses insurance considered?", f"{FUNDING}/@ConsideredFreeLegalExpIns")),
)
