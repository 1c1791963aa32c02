# The texts of the waiting-room page in Polish; what each is for stands in en.ftl, in the same order.
# Visitors are addressed in the second person, without their gender.

## The frame of the page

room-name = Poczekalnia
language = Język
close = Zamknij

## Before the opening

early-headline = Kolejka nie jest jeszcze otwarta
early-when = Otwarcie: { DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }.
early-explanation = Nie zamykaj tej strony: gdy kolejka się otworzy, miejsce zostanie Ci przydzielone automatycznie. Odświeżanie niczego nie przyspieszy.
early-now-headline = Kolejka właśnie się otwiera
early-now-explanation = Za chwilę otrzymasz miejsce, automatycznie.
early-last-minute = Kolejka otworzy się za mniej niż minutę.
countdown-days =
    { $count ->
        [one] dzień
        [few] dni
        [many] dni
       *[other] dnia
    }
countdown-hours =
    { $count ->
        [one] godzina
        [few] godziny
        [many] godzin
       *[other] godziny
    }
countdown-minutes =
    { $count ->
        [one] minuta
        [few] minuty
        [many] minut
       *[other] minuty
    }
countdown-seconds =
    { $count ->
        [one] sekunda
        [few] sekundy
        [many] sekund
       *[other] sekundy
    }
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = Przydzielamy Ci miejsce w kolejce
joining-explanation = To potrwa tylko chwilę.

## Waiting

mark-waiting = Jesteś w kolejce
mark-near = Już prawie Twoja kolej
mark-paused = Wstrzymano
ahead-figure = { $ahead }
ahead-label =
    { $ahead ->
        [one] osoba przed Tobą
        [few] osoby przed Tobą
        [many] osób przed Tobą
       *[other] osoby przed Tobą
    }
next-figure = Następna kolej jest Twoja
next-label = Przed Tobą nie ma już nikogo.
progress-label = Twoja droga przez kolejkę
progress-start = Początek
progress-end = Twoja kolej
number-label = Twój numer
number-figure = { $number }
serving-label = Obsługiwany numer
serving-figure = { $serving }
wait-label = Przewidywany czas

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = mniej niż minuta
wait-minutes =
    { $minutes ->
        [one] około { $minutes } minuty
        [few] około { $minutes } minut
        [many] około { $minutes } minut
       *[other] około { $minutes } minuty
    }
wait-hours =
    { $hours ->
        [one] około { $hours } godziny
        [few] około { $hours } godzin
        [many] około { $hours } godzin
       *[other] około { $hours } godziny
    }
wait-up-to-minutes =
    { $minutes ->
        [one] do { $minutes } minuty
        [few] do { $minutes } minut
        [many] do { $minutes } minut
       *[other] do { $minutes } minuty
    }
wait-up-to-hours =
    { $hours ->
        [one] do { $hours } godziny
        [few] do { $hours } godzin
        [many] do { $hours } godzin
       *[other] do { $hours } godziny
    }
wait-range-minutes =
    { $high ->
        [one] od { $low } do { $high } minuty
        [few] od { $low } do { $high } minut
        [many] od { $low } do { $high } minut
       *[other] od { $low } do { $high } minuty
    }
wait-range-hours =
    { $high ->
        [one] od { $low } do { $high } godziny
        [few] od { $low } do { $high } godzin
        [many] od { $low } do { $high } godzin
       *[other] od { $low } do { $high } godziny
    }
wait-range-minutes-hours =
    { $high ->
        [one] od { $low } minut do { $high } godziny
        [few] od { $low } minut do { $high } godzin
        [many] od { $low } minut do { $high } godzin
       *[other] od { $low } minut do { $high } godziny
    }
wait-minutes-or-more =
    { $minutes ->
        [one] około { $minutes } minuty lub dłużej
        [few] około { $minutes } minut lub dłużej
        [many] około { $minutes } minut lub dłużej
       *[other] około { $minutes } minuty lub dłużej
    }
wait-hours-or-more =
    { $hours ->
        [one] około { $hours } godziny lub dłużej
        [few] około { $hours } godzin lub dłużej
        [many] około { $hours } godzin lub dłużej
       *[other] około { $hours } godziny lub dłużej
    }
wait-long = ponad { $hours } godzin
wait-unclear = jeszcze niepewny
wait-unknown = jeszcze nieznany
wait-on-hold = wstrzymano
wait-for-room = aż zwolni się miejsce
wait-unread = …
sure-minutes =
    { $minutes ->
        [one] Dziewięć na dziesięć osób czeka nie dłużej niż { $minutes } minutę.
        [few] Dziewięć na dziesięć osób czeka nie dłużej niż { $minutes } minuty.
        [many] Dziewięć na dziesięć osób czeka nie dłużej niż { $minutes } minut.
       *[other] Dziewięć na dziesięć osób czeka nie dłużej niż { $minutes } minuty.
    }
sure-hours =
    { $hours ->
        [one] Dziewięć na dziesięć osób czeka nie dłużej niż { $hours } godzinę.
        [few] Dziewięć na dziesięć osób czeka nie dłużej niż { $hours } godziny.
        [many] Dziewięć na dziesięć osób czeka nie dłużej niż { $hours } godzin.
       *[other] Dziewięć na dziesięć osób czeka nie dłużej niż { $hours } godziny.
    }
sure-rough = To przybliżone oszacowanie: kolejka nie posuwa się równomiernie.
sure-unknown = Szacowany czas pojawi się, gdy kolejka trochę się przesunie.
sure-paused = Czas popłynie dalej, gdy ruszy kolejka.

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = Kolejka jest na chwilę wstrzymana. Twoje miejsce zostaje zachowane.
closed-note = Kolejka nie przyjmuje już nikogo nowego. Twoje miejsce zostaje zachowane.
changed-held = Na stronie jest duży ruch, więc kolejka chwilowo zwolniła. Twoje miejsce zostaje zachowane.
changed-slower = Kolejka posuwa się wolniej niż wcześniej, więc czas oczekiwania się wydłużył.
changed-faster = Kolejka posuwa się szybciej niż wcześniej, więc czas oczekiwania się skrócił.
notice-carried = Twoje miejsce zostało przeniesione z drugiego urządzenia.
notice-carry-behind = Miejsce z tego linku jest dalej niż to, które masz tutaj, więc zachowujesz swoje.
notice-carry-refused = Miejsce z tego linku nie jest już ważne.

## What happens next, under the figures while waiting

next-goes-on = Gdy przyjdzie Twoja kolej, ta strona przeniesie Cię dalej automatycznie.
next-says-so = Gdy przyjdzie Twoja kolej, ta strona Cię o tym poinformuje.
next-kept-minutes =
    { $minutes ->
        [one] Jeśli nie będzie Cię wtedy na miejscu, Twoje miejsce poczeka { $minutes } minutę.
        [few] Jeśli nie będzie Cię wtedy na miejscu, Twoje miejsce poczeka { $minutes } minuty.
        [many] Jeśli nie będzie Cię wtedy na miejscu, Twoje miejsce poczeka { $minutes } minut.
       *[other] Jeśli nie będzie Cię wtedy na miejscu, Twoje miejsce poczeka { $minutes } minuty.
    }
next-kept-hours =
    { $hours ->
        [one] Jeśli nie będzie Cię wtedy na miejscu, Twoje miejsce poczeka { $hours } godzinę.
        [few] Jeśli nie będzie Cię wtedy na miejscu, Twoje miejsce poczeka { $hours } godziny.
        [many] Jeśli nie będzie Cię wtedy na miejscu, Twoje miejsce poczeka { $hours } godzin.
       *[other] Jeśli nie będzie Cię wtedy na miejscu, Twoje miejsce poczeka { $hours } godziny.
    }
next-kept = Jeśli nie będzie Cię wtedy na miejscu, Twoje miejsce na Ciebie poczeka.
hint-kept = Twoje miejsce jest zapisane w tej przeglądarce: możesz odświeżyć tę stronę albo ją zamknąć i wrócić później.
hint-fragile = Ta przeglądarka niczego nie zapisuje: zamknięcie lub odświeżenie tej strony oznacza utratę miejsca. Nie zamykaj jej albo przenieś swoje miejsce na inne urządzenie.

## Your turn

turn-headline = Twoja kolej
turn-explanation = Otwieramy dla Ciebie drzwi…
door-headline = Stoisz przed drzwiami
door-paused = Na razie nikt nie wchodzi. Wejdziesz, gdy tylko kolejka ruszy.
door-full = Twój numer został wywołany, ale na stronie chwilowo nie ma miejsca. Wejdziesz, gdy tylko się zwolni.
take-by-label = Twoje miejsce poczeka jeszcze
admitted-going = Przenosimy Cię tam…
admitted-held = Wybierz „Dalej”, aby wejść.
admitted-elsewhere = Możesz już wejść i dzieje się to w innej karcie. Wybierz „Dalej”, aby wejść w tej.
admitted-here = Możesz wejść.
admission-label = Twój dostęp jest ważny jeszcze
continue = Dalej

## The place is gone

reset-headline = Kolejka zaczęła się od nowa
reset-explanation = Organizator uruchomił tę kolejkę od nowa; wcześniejsze miejsca już się nie liczą. Możesz dołączyć do nowej.
expired-headline = Twoje miejsce przepadło
expired-explanation = Twój numer został wywołany, ale miejsce nie zostało zajęte na czas. Możesz ponownie stanąć na końcu kolejki.
expired-minutes =
    { $minutes ->
        [one] Twój numer { $number } został wywołany, a miejsce czekało { $minutes } minutę, lecz nie zostało w tym czasie zajęte. Możesz ponownie stanąć na końcu kolejki.
        [few] Twój numer { $number } został wywołany, a miejsce czekało { $minutes } minuty, lecz nie zostało w tym czasie zajęte. Możesz ponownie stanąć na końcu kolejki.
        [many] Twój numer { $number } został wywołany, a miejsce czekało { $minutes } minut, lecz nie zostało w tym czasie zajęte. Możesz ponownie stanąć na końcu kolejki.
       *[other] Twój numer { $number } został wywołany, a miejsce czekało { $minutes } minuty, lecz nie zostało w tym czasie zajęte. Możesz ponownie stanąć na końcu kolejki.
    }
expired-hours =
    { $hours ->
        [one] Twój numer { $number } został wywołany, a miejsce czekało { $hours } godzinę, lecz nie zostało w tym czasie zajęte. Możesz ponownie stanąć na końcu kolejki.
        [few] Twój numer { $number } został wywołany, a miejsce czekało { $hours } godziny, lecz nie zostało w tym czasie zajęte. Możesz ponownie stanąć na końcu kolejki.
        [many] Twój numer { $number } został wywołany, a miejsce czekało { $hours } godzin, lecz nie zostało w tym czasie zajęte. Możesz ponownie stanąć na końcu kolejki.
       *[other] Twój numer { $number } został wywołany, a miejsce czekało { $hours } godziny, lecz nie zostało w tym czasie zajęte. Możesz ponownie stanąć na końcu kolejki.
    }
left-headline = Nie jesteś już w kolejce
left-explanation = Twoje miejsce zostało oddane. Jeśli nadal chcesz wejść, możesz ponownie stanąć na końcu kolejki.
ended-headline = Twoja wizyta dobiegła końca
ended-explanation = To miejsce zostało już wykorzystane, a wizyta się zakończyła. Aby wrócić, stań ponownie w kolejce.
over-headline = Twój dostęp wygasł
over-explanation = Czas przeznaczony na Twoją wizytę minął. Aby wrócić, stań ponownie w kolejce.
again = Stań ponownie w kolejce

## There is no line to be in

closed-headline = Ta kolejka jest zamknięta
closed-explanation = Na razie nikt nie jest przyjmowany. Nie zamykaj tej strony: gdy kolejka się otworzy, otrzymasz miejsce.
soldout-headline = Wyprzedane
soldout-explanation = Wszystko się rozeszło, więc kolejka nie przyjmuje już nikogo nowego.
soldout-kept = Wszystko się rozeszło, więc nikt więcej nie wejdzie. Bardzo nam przykro. Zachowujesz numer { $number } na wypadek, gdyby coś się zmieniło.
unknown-headline = Nie ma tu żadnej kolejki
unknown-explanation = Być może adres jest błędny albo wydarzenie już się skończyło. Sprawdź link, który Cię tu przywiódł.
astray-headline = Nie możemy przenieść Cię stąd dalej
astray-explanation = Ta strona nie prowadzi do miejsca, z którego przychodzisz, albo była otwarta zbyt długo. Wróć tam i spróbuj ponownie.

## How things stand between page and server

fresh-connecting = Łączenie…
fresh-now = Zaktualizowano przed chwilą
fresh-seconds =
    { $seconds ->
        [one] Zaktualizowano { $seconds } sekundę temu
        [few] Zaktualizowano { $seconds } sekundy temu
        [many] Zaktualizowano { $seconds } sekund temu
       *[other] Zaktualizowano { $seconds } sekundy temu
    }
fresh-minutes =
    { $minutes ->
        [one] Zaktualizowano { $minutes } minutę temu
        [few] Zaktualizowano { $minutes } minuty temu
        [many] Zaktualizowano { $minutes } minut temu
       *[other] Zaktualizowano { $minutes } minuty temu
    }
fresh-rarely = Ta strona sprawdza stan co pół minuty.
trouble-offline = Utracono połączenie. Ponawiamy próbę…
trouble-busy = Teraz jest bardzo duży ruch. Ponawiamy próbę…
trouble-offline-kept = Utracono połączenie. Twoje miejsce jest bezpieczne. Ponawiamy próbę…
trouble-busy-kept = Teraz jest bardzo duży ruch. Twoje miejsce jest bezpieczne. Ponawiamy próbę…

## From the organiser

message-label = Od organizatora

## Tell me when it's my turn

call-button = Daj mi znać, gdy przyjdzie moja kolej
call-explanation = Nie zamykaj tej strony i zajmij się w tym czasie czymś innym. Gdy przyjdzie Twoja kolej, strona Cię zawoła i sama przejdzie dalej.
call-sound = Odtwórz dźwięk
call-vibration = Wibruj
call-notification = Pokaż powiadomienie
call-screen = Nie wygaszaj ekranu
call-try = Posłuchaj teraz
call-notification-refused = Twoja przeglądarka nie pozwala tej stronie pokazywać powiadomień. Możesz to zmienić w jej ustawieniach.
call-screen-refused = Twoje urządzenie nie pozwala tej stronie utrzymywać włączonego ekranu.
call-notice = Twoja kolej
call-notice-text = { $title }: możesz wejść.

## Take my place to another device

device-button = Przenieś moje miejsce na inne urządzenie
device-explanation = Zeskanuj kod drugim urządzeniem albo otwórz na nim link. Tutaj Twoje miejsce też pozostanie ważne.
device-warning = Kto ma ten link, ma Twoje miejsce. Nie dawaj go nikomu.
device-code = Kod QR z linkiem do Twojego miejsca
device-link = Link do Twojego miejsca
device-copy = Kopiuj link
device-copied = Skopiowano
device-not-copied = Link jest zaznaczony: skopiuj go stąd.
device-share = Udostępnij…
device-share-title = Moje miejsce w kolejce: { $title }

## Leave the line

leave-button = Opuść kolejkę
leave-headline = Opuścić kolejkę?
leave-explanation = Twój numer { $number } przepadnie na dobre. Aby wrócić, trzeba będzie ponownie stanąć na końcu kolejki.
leave-confirm = Oddaj moje miejsce
leave-stay = Zostań w kolejce
leave-failed = Nie udało się; nadal jesteś w kolejce. Spróbuj ponownie.

## Told to screen readers, when it changes

spoken-number = Masz numer { $number } w kolejce.
spoken-crowd =
    { $people ->
        [one] Mniej niż { $people } osoba przed Tobą.
        [few] Mniej niż { $people } osoby przed Tobą.
        [many] Mniej niż { $people } osób przed Tobą.
       *[other] Mniej niż { $people } osoby przed Tobą.
    }
spoken-next = Następna kolej jest Twoja.

## The page without JavaScript: what it says besides the above

plain-opens = Otwarcie: { DATETIME($at, dateStyle: "full", timeStyle: "short") } UTC.
plain-opens-days =
    { $days ->
        [one] To za około { $days } dzień.
        [few] To za około { $days } dni.
        [many] To za około { $days } dni.
       *[other] To za około { $days } dnia.
    }
plain-opens-hours =
    { $hours ->
        [one] To za około { $hours } godzinę.
        [few] To za około { $hours } godziny.
        [many] To za około { $hours } godzin.
       *[other] To za około { $hours } godziny.
    }
plain-opens-minutes =
    { $minutes ->
        [one] To za około { $minutes } minutę.
        [few] To za około { $minutes } minuty.
        [many] To za około { $minutes } minut.
       *[other] To za około { $minutes } minuty.
    }
plain-opens-now = To już za mniej niż minutę.
plain-looks =
    { $seconds ->
        [one] Ta strona odświeży się sama za { $seconds } sekundę.
        [few] Ta strona odświeży się sama za { $seconds } sekundy.
        [many] Ta strona odświeży się sama za { $seconds } sekund.
       *[other] Ta strona odświeży się sama za { $seconds } sekundy.
    }
plain-rests = Ta strona nie odświeża się już sama.
plain-look = Odśwież teraz
plain-rest = Wyłącz automatyczne odświeżanie
plain-go-on = Włącz automatyczne odświeżanie
plain-cookies-headline = Ta przeglądarka nie zapisuje plików cookie
plain-cookies-explanation = Bez JavaScriptu Twoje miejsce w kolejce można zapisać tylko w pliku cookie, a ta przeglądarka nie odesłała nam naszego. Zezwól tej stronie na pliki cookie albo włącz JavaScript i spróbuj ponownie.
plain-try-again = Spróbuj ponownie

## Pages that say why there is no waiting room

sorry-later-headline = Chwileczkę
sorry-later-explanation =
    { $seconds ->
        [one] Poczekalnia nie może teraz odpowiedzieć. Ta strona spróbuje ponownie za { $seconds } sekundę; wcześniejsze odświeżanie niczego nie przyspieszy.
        [few] Poczekalnia nie może teraz odpowiedzieć. Ta strona spróbuje ponownie za { $seconds } sekundy; wcześniejsze odświeżanie niczego nie przyspieszy.
        [many] Poczekalnia nie może teraz odpowiedzieć. Ta strona spróbuje ponownie za { $seconds } sekund; wcześniejsze odświeżanie niczego nie przyspieszy.
       *[other] Poczekalnia nie może teraz odpowiedzieć. Ta strona spróbuje ponownie za { $seconds } sekundy; wcześniejsze odświeżanie niczego nie przyspieszy.
    }
sorry-return-explanation = Link, który Cię tu przywiódł, wskazuje adres, do którego ta poczekalnia nie prowadzi. Wróć na stronę, z której przychodzisz, i spróbuj tam ponownie.
sorry-unknown-headline = Nie ma takiej poczekalni
sorry-unknown-explanation = Sprawdź link albo wróć na stronę, z której przychodzisz, i spróbuj tam ponownie.
sorry-other-headline = Stąd nie można dołączyć do kolejki
sorry-other-explanation = Wróć na stronę, z której przychodzisz, i spróbuj tam ponownie.
sorry-sign-in-explanation = Strona, z której przychodzisz, poprosiła o coś, na co ta poczekalnia nie może odpowiedzieć. Wróć tam i spróbuj ponownie.
sorry-sign-in-why = Dla osób, które zajmują się tamtą stroną:
sorry-signed-out-explanation = Twoje miejsce zostało zwolnione. Możesz zamknąć tę stronę.
