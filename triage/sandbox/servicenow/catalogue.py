"""What ordering a catalogue item makes: request, requested item, its variables and one task to fulfil it."""

from collections.abc import Mapping

from triage.sandbox.servicenow.history import Author
from triage.sandbox.servicenow.instance import Instance, Row, rows_where
from triage.sandbox.servicenow.writing import insert

_SYSTEM = Author("system")


def order(
    instance: Instance, item: str, values: Mapping[str, str], variables: Mapping[str, str], author: Author
) -> Row:
    """Order the item of this name and return the requested item (`sc_req_item`).

    `values` are columns of the requested item, `variables` the filled-in form fields by name. An item or a
    form field nobody ordered before is made on the spot.
    """
    shared = {
        name: values[name] for name in ("requested_for", "opened_by", "short_description") if name in values
    }
    request = insert(instance, "sc_request", shared | {"request_state": "in_process"}, author)
    links = {
        "request": request["sys_id"],
        "cat_item": _named(instance, "sc_cat_item", {"name": item, "active": "true"}),
        "quantity": "1",
        "stage": "fulfillment",
        "approval": "approved",
    }
    requested = insert(instance, "sc_req_item", {**values, **links}, author)
    for position, (name, value) in enumerate(variables.items()):
        _fill_in(instance, requested, name, value, position)
    task = {
        "request": request["sys_id"],
        "request_item": requested["sys_id"],
        "short_description": f"Fulfil: {item}",
    }
    insert(instance, "sc_task", task | {"approval": "approved"}, _SYSTEM)
    return requested


def variables_of(instance: Instance, requested_item: str) -> dict[str, str]:
    """Return the form fields of a requested item (its sys_id) by question, in the order of the form."""
    options, questions = instance.tables["sc_item_option"], instance.tables["item_option_new"]
    links = rows_where(instance, "sc_item_option_mtom", "request_item", requested_item)
    filled = [options[link["sc_item_option"]] for link in links]
    return {questions[o["item_option_new"]]["question_text"]: o["value"] for o in filled}


def _fill_in(instance: Instance, requested: Row, name: str, value: str, position: int) -> None:
    question = {
        "name": name,
        "question_text": name.replace("_", " ").capitalize(),
        "cat_item": requested["cat_item"],
    }
    option = {
        "item_option_new": _named(instance, "item_option_new", question),
        "value": value,
        "order": str(position),
    }
    filled = insert(instance, "sc_item_option", option, _SYSTEM)
    link = {"request_item": requested["sys_id"], "sc_item_option": filled["sys_id"]}
    insert(instance, "sc_item_option_mtom", link, _SYSTEM)


def _named(instance: Instance, table: str, values: Row) -> str:
    """Return the sys_id of the record with this name (and catalogue item), made when there is none."""
    same = (
        row
        for row in rows_where(instance, table, "name", values["name"])
        if row.get("cat_item") == values.get("cat_item")
    )
    found = next(same, None)
    return (found or insert(instance, table, values, _SYSTEM))["sys_id"]
