"""Unpacks some files of the TensorFlow wheel: unpack.py WHEEL FOLDER FILE... (paths under its tensorflow/ folder)."""

import os
import shutil
import sys
import zipfile

wheel, folder, *files = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    for file in files:
        path = os.path.join(folder, file)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open("tensorflow/" + file) as source, open(path, "wb") as target:
            shutil.copyfileobj(source, target, 1 << 20)
            target.flush()
            os.fsync(target.fileno())
