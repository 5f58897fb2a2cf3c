"""Pictures that the hub holds: checked when they come in, stored by their hash, served resized.

An address of a picture is `/media/<hash>/original.<extension>`, or `/media/<hash>/<width>.<format>`
for a resized one. Bodies, articles and authors hold the address of the original as text, and every
save notes the hashes in it: so a picture is served to who may read something that carries it.

Belongs here: the checks of pictures, the folder, resizing, and the rows of pictures. Does not: the
addresses in bodies (`hub.articles.pictures`), the HTTP responses (`schema.web.media`).
"""
