"""Work on pictures, done in processes of their own: nothing else imports Pillow.

``python -m media.pictures`` is such a process; :mod:`media.pictures.pool` starts them and gives them work.
"""
