"""Names of files in forms, as programs of all kinds write them."""

import pytest
from ecatalog.http.forms import file_name

NAMES = [
    (b'filename="photo.jpg"', "photo.jpg"),
    (b"filename=a b.jpg", "a b.jpg"),
    (b'filename=""', ""),
    ('filename="фото.jpg"'.encode(), "фото.jpg"),
    ('filename="фото.jpg"'.encode("cp1251"), "фото.jpg"),
    (b"filename*=UTF-8''%D1%84%D0%BE%D1%82%D0%BE.jpg", "фото.jpg"),
    (b"FileName*=utf-8'ru'%D1%84.jpg", "ф.jpg"),
    (b"filename*=windows-1251''%F4%EE%F2%EE.jpg", "фото.jpg"),
    (b"filename=\"x.txt\"; filename*=UTF-8''%D1%84.jpg", "ф.jpg"),
    (b'filename*=UTF-8\'\'%D1%84.jpg; filename="x;y\\".txt"', "ф.jpg"),
    (b'filename*0="long na"; filename*1="me.jpg"', "long name.jpg"),
    (b"filename*0*=utf-8''%D1%84; filename*1*=%D0%BE.jpg", "фо.jpg"),
    (b"filename*=UTF-8''; filename=plain.jpg", "plain.jpg"),
    (b'filename="=?UTF-8?B?0YTQvtGC0L4uanBn?="', "фото.jpg"),
    (b'filename="=?utf-8?q?=D1=84_o.jpg?="', "ф o.jpg"),
    (b'filename="=?UTF-8?B?0YTQ?= =?UTF-8?B?vtGC0L4uanBn?="', "фото.jpg"),
    (b'filename="=?koi8-r?Q?=C6=CF=D4=CF.jpg?="', "фото.jpg"),
    (b'filename="=?nope?Q?x?="', "=?nope?Q?x?="),
    (b'filename="=?utf-8?B?!?="', "=?utf-8?B?!?="),
    (b'filename="what=?.jpg"', "what=?.jpg"),
]


@pytest.mark.parametrize(("written", "name"), NAMES)
def test_name_is_read_however_it_is_written(written: bytes, name: str) -> None:
    assert file_name(b'form-data; name="file"; ' + written) == name


@pytest.mark.parametrize("header", [b"", b"form-data", b'form-data; name="a"', b'form-data; name="filename*=x"'])
def test_field_is_no_file(header: bytes) -> None:
    assert file_name(header) is None
