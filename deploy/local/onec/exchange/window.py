"""What the window of 1C says, as far as it is known from people who asked about it."""

from http import HTTPStatus

NO_LOGIN = "Не удалось установить соединение с сервером. Проверьте имя пользователя и пароль."
NO_CONNECTION = "Не удалось установить соединение с сервером. Проверьте адрес сайта и подключение к Интернету."
FAILURE = "Произошла ошибка на стороне сервера. Обмен не выполнен."
UNKNOWN = "Получен неизвестный статус импорта. Обмен не выполнен."
SAID = "Ответ сервера:"
EXTENDED = "Получен расширенный статус успешного завершения сеанса."
NOTHING = "(пустой ответ)"
BROKEN = "Соединение с сервером прервано. Выгрузка начинается заново."
DONE = "Выгрузка товаров успешно завершена."
FAILED = "Выгрузка товаров завершена с ошибками!!!"
ORDERS = "Обмен заказами выполнен: новых заказов нет."


def code(status: int) -> str:
    """Return how 1C names an answer that is no 200."""
    return "" if status == HTTPStatus.OK else f"Код состояния HTTP: {status}\n"


def sent(name: str, parts: int) -> str:
    return f"{name}: выгружен на сайт" + (f", частей: {parts}" if parts > 1 else "")
