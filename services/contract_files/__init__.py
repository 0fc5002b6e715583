"""The file format (INTERFACE §1): documents with places, their form and checks, their terms, what amendments change."""

from services.contract_files.access_terms import (
    AccessTerms,
    Admitted,
    Days,
    OfficeGiven,
    RoleGiven,
    access_of,
    roles_of_service,
)
from services.contract_files.causes_terms import CausesTerms, RootCause
from services.contract_files.checks import (
    check,
    check_access,
    check_calendar,
    check_causes,
    check_contract,
    check_mapping,
    check_service,
)
from services.contract_files.dependencies import far_circles
from services.contract_files.difference import Difference, differences, sentences
from services.contract_files.documents import Document, Tree, by_place, read_bytes, read_documents
from services.contract_files.holidays_source import HolidaysUnknown, expand_holidays
from services.contract_files.many_dates import too_many_dates
from services.contract_files.mapping_terms import MappingTerms
from services.contract_files.models import json_schema, kind_of
from services.contract_files.plan_reading import check_plan, grounds_of, plan_of
from services.contract_files.service_terms import ServiceTerms
from services.contract_files.target_checks import kind_changes
from services.contract_files.to_terms import (
    access_terms,
    calendar_terms,
    canonical,
    causes_from_canonical,
    causes_terms,
    contract_terms,
    mapping_terms,
    publish_calendar,
    published_tree,
    read_published_calendar,
    require_sound,
    says_effective,
    service_from_canonical,
    service_terms,
    terms_from_canonical,
    tree_from_canonical,
)
from services.contract_files.writing import as_file, changed_tree, tree_without, value_at, with_value, without_value

__all__ = [
    "AccessTerms",
    "Admitted",
    "CausesTerms",
    "Days",
    "Difference",
    "Document",
    "HolidaysUnknown",
    "MappingTerms",
    "OfficeGiven",
    "RoleGiven",
    "RootCause",
    "ServiceTerms",
    "Tree",
    "access_of",
    "access_terms",
    "as_file",
    "by_place",
    "calendar_terms",
    "canonical",
    "causes_from_canonical",
    "causes_terms",
    "changed_tree",
    "check",
    "check_access",
    "check_calendar",
    "check_causes",
    "check_contract",
    "check_mapping",
    "check_plan",
    "check_service",
    "contract_terms",
    "differences",
    "expand_holidays",
    "far_circles",
    "grounds_of",
    "json_schema",
    "kind_changes",
    "kind_of",
    "mapping_terms",
    "plan_of",
    "publish_calendar",
    "published_tree",
    "read_bytes",
    "read_documents",
    "read_published_calendar",
    "require_sound",
    "roles_of_service",
    "says_effective",
    "sentences",
    "service_from_canonical",
    "service_terms",
    "terms_from_canonical",
    "too_many_dates",
    "tree_from_canonical",
    "tree_without",
    "value_at",
    "with_value",
    "without_value",
]
