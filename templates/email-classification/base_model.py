"""The base model's files that a run was given: those that the settings name by hash, or none."""

import hashlib
from pathlib import Path
from typing import Any

import job


def weights_of(folder: Path, settings: dict[str, Any]) -> Path | None:
    """The folder, if the run has one.

    :raises job.Refused: where its files are not those of the base model of the settings
    """
    if not folder.is_dir():
        return None
    named = settings.get("base_model")
    if named and any(folder.iterdir()) and (found := hash_of(folder)) != named["hash"]:
        raise job.Refused(
            f"{folder} holds other files than base model {named['name']} has: their hash is {found}, "
            f"wanted is {named['hash']}; remove weights/{named['hash']}/ from the artifacts bucket, then "
            f"stage them again with npm run weights -- {settings['project']}"
        )
    return folder


def hash_of(folder: Path) -> str:
    """Sha256 over names and contents, as weightsHash in pipelines/base-models.ts makes it."""
    found = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        if path.is_dir():
            # No base model has one, so whatever it is called the hash is another.
            found.update(path.name.encode())
            continue
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "sha256").hexdigest()
        found.update(f"{path.name}\0{content}\0".encode())
    return found.hexdigest()
