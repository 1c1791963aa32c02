# The texts of the waiting-room page in Italian; what each is for stands in en.ftl, in the same order.
# Visitors are addressed as "tu", as sites for tickets and shops do.

## The frame of the page

room-name = Sala d’attesa
language = Lingua
close = Chiudi

## Before the opening

early-headline = La coda non è ancora aperta
early-when = Si apre { DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }.
early-explanation = Tieni aperta questa pagina: quando la coda si aprirà, avrai un posto automaticamente. Ricaricarla non ti farà entrare prima.
early-now-headline = La coda si sta aprendo
early-now-explanation = Fra pochi istanti avrai il tuo posto, automaticamente.
early-last-minute = La coda si apre fra meno di un minuto.
countdown-days =
    { $count ->
        [one] giorno
        [many] giorni
       *[other] giorni
    }
countdown-hours =
    { $count ->
        [one] ora
        [many] ore
       *[other] ore
    }
countdown-minutes =
    { $count ->
        [one] minuto
        [many] minuti
       *[other] minuti
    }
countdown-seconds =
    { $count ->
        [one] secondo
        [many] secondi
       *[other] secondi
    }
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = Ti stiamo dando un posto in coda
joining-explanation = Ci vuole solo un attimo.

## Waiting

mark-waiting = Sei in coda
mark-near = Ci siamo quasi
mark-paused = In pausa
ahead-figure = { $ahead }
ahead-label =
    { $ahead ->
        [one] persona davanti a te
        [many] di persone davanti a te
       *[other] persone davanti a te
    }
next-figure = Il prossimo turno è il tuo
next-label = Non c’è più nessuno davanti a te.
progress-label = Il tuo percorso nella coda
progress-start = Il tuo arrivo
progress-end = Il tuo turno
number-label = Il tuo numero
number-figure = { $number }
serving-label = Ultimo numero chiamato
serving-figure = { $serving }
wait-label = Attesa prevista

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = meno di un minuto
wait-minutes =
    { $minutes ->
        [one] circa { $minutes } minuto
        [many] circa { $minutes } minuti
       *[other] circa { $minutes } minuti
    }
wait-hours =
    { $hours ->
        [one] circa { $hours } ora
        [many] circa { $hours } ore
       *[other] circa { $hours } ore
    }
wait-up-to-minutes =
    { $minutes ->
        [one] fino a { $minutes } minuto
        [many] fino a { $minutes } minuti
       *[other] fino a { $minutes } minuti
    }
wait-up-to-hours =
    { $hours ->
        [one] fino a { $hours } ora
        [many] fino a { $hours } ore
       *[other] fino a { $hours } ore
    }
wait-range-minutes =
    { $high ->
        [one] da { $low } a { $high } minuto circa
        [many] da { $low } a { $high } minuti circa
       *[other] da { $low } a { $high } minuti circa
    }
wait-range-hours =
    { $high ->
        [one] da { $low } a { $high } ora circa
        [many] da { $low } a { $high } ore circa
       *[other] da { $low } a { $high } ore circa
    }
wait-range-minutes-hours =
    { $high ->
        [one] da { $low } minuti a { $high } ora circa
        [many] da { $low } minuti a { $high } ore circa
       *[other] da { $low } minuti a { $high } ore circa
    }
wait-minutes-or-more =
    { $minutes ->
        [one] circa { $minutes } minuto o più
        [many] circa { $minutes } minuti o più
       *[other] circa { $minutes } minuti o più
    }
wait-hours-or-more =
    { $hours ->
        [one] circa { $hours } ora o più
        [many] circa { $hours } ore o più
       *[other] circa { $hours } ore o più
    }
wait-long = più di { $hours } ore
wait-unclear = ancora incerta
wait-unknown = non ancora nota
wait-on-hold = in pausa
wait-for-room = finché non si libera spazio
wait-unread = …
sure-minutes =
    { $minutes ->
        [one] Nove persone su dieci non aspettano più di { $minutes } minuto.
        [many] Nove persone su dieci non aspettano più di { $minutes } minuti.
       *[other] Nove persone su dieci non aspettano più di { $minutes } minuti.
    }
sure-hours =
    { $hours ->
        [one] Nove persone su dieci non aspettano più di { $hours } ora.
        [many] Nove persone su dieci non aspettano più di { $hours } ore.
       *[other] Nove persone su dieci non aspettano più di { $hours } ore.
    }
sure-rough = È una stima approssimativa: la coda non avanza in modo regolare.
sure-unknown = La stima apparirà quando la coda sarà avanzata per un po’.
sure-paused = L’attesa riprenderà insieme alla coda.

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = La coda è in pausa per un momento. Il tuo posto resta tuo.
closed-note = La coda non accetta più nessuno. Il tuo posto resta tuo.
changed-held = Il sito è molto affollato, quindi per ora la coda va più piano. Il tuo posto resta tuo.
changed-slower = La coda avanza più lentamente di prima, quindi l’attesa è più lunga.
changed-faster = La coda avanza più velocemente di prima, quindi l’attesa è più breve.
notice-carried = Il tuo posto è arrivato dall’altro dispositivo.
notice-carry-behind = Il posto di quel link è più indietro di quello che hai qui, quindi tieni il tuo.
notice-carry-refused = Il posto di quel link non è più valido.

## What happens next, under the figures while waiting

next-goes-on = Quando toccherà a te, questa pagina ti farà entrare automaticamente.
next-says-so = Quando toccherà a te, questa pagina te lo dirà.
next-kept-minutes =
    { $minutes ->
        [one] Se in quel momento non ci sei, il posto ti viene tenuto per { $minutes } minuto.
        [many] Se in quel momento non ci sei, il posto ti viene tenuto per { $minutes } minuti.
       *[other] Se in quel momento non ci sei, il posto ti viene tenuto per { $minutes } minuti.
    }
next-kept-hours =
    { $hours ->
        [one] Se in quel momento non ci sei, il posto ti viene tenuto per { $hours } ora.
        [many] Se in quel momento non ci sei, il posto ti viene tenuto per { $hours } ore.
       *[other] Se in quel momento non ci sei, il posto ti viene tenuto per { $hours } ore.
    }
next-kept = Se in quel momento non ci sei, il posto ti viene tenuto.
hint-kept = Il tuo posto è conservato in questo browser: puoi ricaricare la pagina, oppure chiuderla e tornare.
hint-fragile = Questo browser non conserva nulla: se chiudi o ricarichi questa pagina, perdi il posto. Tienila aperta, oppure porta il tuo posto su un altro dispositivo.

## Your turn

turn-headline = Tocca a te
turn-explanation = Ti stiamo aprendo la porta…
door-headline = Sei alla porta
door-paused = Per il momento non entra nessuno. Entrerai appena la coda riparte.
door-full = Il tuo numero è stato chiamato, ma il sito è pieno per un momento. Entrerai appena si libera spazio.
take-by-label = Il posto ti viene tenuto ancora per
admitted-going = Ti stiamo portando lì…
admitted-held = Scegli «Continua» per entrare.
admitted-elsewhere = È il tuo turno e stai entrando da un’altra scheda. Scegli «Continua» per entrare da questa.
admitted-here = Puoi entrare.
admission-label = Il tuo accesso vale ancora per
continue = Continua

## The place is gone

reset-headline = La coda è ricominciata
reset-explanation = L’organizzatore ha azzerato questa coda; i posti precedenti non valgono più. Puoi metterti nella nuova.
expired-headline = Il tuo posto è scaduto
expired-explanation = Il tuo numero è stato chiamato, ma il posto non è stato preso in tempo. Puoi rimetterti in fondo alla coda.
expired-minutes =
    { $minutes ->
        [one] Il tuo numero { $number } è stato chiamato e il posto è stato tenuto per { $minutes } minuto, ma nessuno lo ha preso. Puoi rimetterti in fondo alla coda.
        [many] Il tuo numero { $number } è stato chiamato e il posto è stato tenuto per { $minutes } minuti, ma nessuno lo ha preso. Puoi rimetterti in fondo alla coda.
       *[other] Il tuo numero { $number } è stato chiamato e il posto è stato tenuto per { $minutes } minuti, ma nessuno lo ha preso. Puoi rimetterti in fondo alla coda.
    }
expired-hours =
    { $hours ->
        [one] Il tuo numero { $number } è stato chiamato e il posto è stato tenuto per { $hours } ora, ma nessuno lo ha preso. Puoi rimetterti in fondo alla coda.
        [many] Il tuo numero { $number } è stato chiamato e il posto è stato tenuto per { $hours } ore, ma nessuno lo ha preso. Puoi rimetterti in fondo alla coda.
       *[other] Il tuo numero { $number } è stato chiamato e il posto è stato tenuto per { $hours } ore, ma nessuno lo ha preso. Puoi rimetterti in fondo alla coda.
    }
left-headline = Hai lasciato la coda
left-explanation = Hai rinunciato al tuo posto. Se vuoi ancora entrare, puoi rimetterti in fondo alla coda.
ended-headline = La tua visita è finita
ended-explanation = Con questo posto hai già potuto entrare, e quella visita è finita. Per tornare, rimettiti in coda.
over-headline = Il tuo accesso è scaduto
over-explanation = Hai potuto entrare, e il tempo a disposizione è finito. Per tornare, rimettiti in coda.
again = Rimettiti in coda

## There is no line to be in

closed-headline = Questa coda è chiusa
closed-explanation = Per il momento non si accetta nessuno. Tieni aperta questa pagina: avrai un posto quando la coda si aprirà.
soldout-headline = Esaurito
soldout-explanation = È finito tutto, quindi la coda non accetta più nessuno.
soldout-kept = È finito tutto, quindi non entra più nessuno. Ci dispiace. Il numero { $number } resta tuo, nel caso qualcosa cambi.
unknown-headline = Qui non c’è nessuna coda
unknown-explanation = Forse l’indirizzo è sbagliato o l’evento è finito. Controlla il link da cui arrivi.
astray-headline = Da qui non possiamo farti proseguire
astray-explanation = Questa pagina non porta al sito da cui arrivi, oppure è rimasta aperta troppo a lungo. Torna lì e riprova.

## How things stand between page and server

fresh-connecting = Connessione in corso…
fresh-now = Aggiornato adesso
fresh-seconds =
    { $seconds ->
        [one] Aggiornato { $seconds } secondo fa
        [many] Aggiornato { $seconds } secondi fa
       *[other] Aggiornato { $seconds } secondi fa
    }
fresh-minutes =
    { $minutes ->
        [one] Aggiornato { $minutes } minuto fa
        [many] Aggiornato { $minutes } minuti fa
       *[other] Aggiornato { $minutes } minuti fa
    }
fresh-rarely = Questa pagina controlla di nuovo ogni mezzo minuto.
trouble-offline = Connessione persa. Nuovo tentativo…
trouble-busy = C’è molta gente in questo momento. Nuovo tentativo…
trouble-offline-kept = Connessione persa. Il tuo posto è al sicuro. Nuovo tentativo…
trouble-busy-kept = C’è molta gente in questo momento. Il tuo posto è al sicuro. Nuovo tentativo…

## From the organiser

message-label = Messaggio dell’organizzatore

## Tell me when it's my turn

call-button = Avvisami quando tocca a me
call-explanation = Tieni aperta questa pagina e intanto fai altro. Quando toccherà a te, ti chiamerà e andrà avanti da sola.
call-sound = Riproduci un suono
call-vibration = Vibra
call-notification = Mostra una notifica
call-screen = Tieni acceso lo schermo
call-try = Ascoltalo ora
call-notification-refused = Il tuo browser non permette a questa pagina di mostrare notifiche. Puoi cambiarlo nelle sue impostazioni.
call-screen-refused = Il tuo dispositivo non permette a questa pagina di tenere acceso lo schermo.
call-notice = Tocca a te
call-notice-text = { $title }: puoi entrare.

## Take my place to another device

device-button = Porta il mio posto su un altro dispositivo
device-explanation = Inquadra il codice con l’altro dispositivo, oppure apri lì il link. Il tuo posto resta valido anche qui.
device-warning = Chi ha questo link ha il tuo posto. Non darlo a nessuno.
device-code = Codice QR con il link al tuo posto
device-link = Link al tuo posto
device-copy = Copia il link
device-copied = Copiato
device-not-copied = Il link è selezionato: copialo da qui.
device-share = Condividi…
device-share-title = Il mio posto in coda: { $title }

## Leave the line

leave-button = Lascia la coda
leave-headline = Lasciare la coda?
leave-explanation = Il tuo numero { $number } andrà perso per sempre. Per tornare, dovresti rimetterti in fondo alla coda.
leave-confirm = Rinuncia al posto
leave-stay = Resta in coda
leave-failed = Non ha funzionato; sei ancora in coda. Riprova.

## Told to screen readers, when it changes

spoken-number = Hai il numero { $number } nella coda.
spoken-crowd =
    { $people ->
        [one] Meno di { $people } persona davanti a te.
        [many] Meno di { $people } di persone davanti a te.
       *[other] Meno di { $people } persone davanti a te.
    }
spoken-next = Il prossimo turno è il tuo.

## The page without JavaScript: what it says besides the above

plain-opens = Si apre { DATETIME($at, dateStyle: "full", timeStyle: "short") } UTC.
plain-opens-days =
    { $days ->
        [one] Manca circa { $days } giorno.
        [many] Mancano circa { $days } giorni.
       *[other] Mancano circa { $days } giorni.
    }
plain-opens-hours =
    { $hours ->
        [one] Manca circa { $hours } ora.
        [many] Mancano circa { $hours } ore.
       *[other] Mancano circa { $hours } ore.
    }
plain-opens-minutes =
    { $minutes ->
        [one] Manca circa { $minutes } minuto.
        [many] Mancano circa { $minutes } minuti.
       *[other] Mancano circa { $minutes } minuti.
    }
plain-opens-now = Manca meno di un minuto.
plain-looks =
    { $seconds ->
        [one] Questa pagina si aggiorna da sola fra { $seconds } secondo.
        [many] Questa pagina si aggiorna da sola fra { $seconds } secondi.
       *[other] Questa pagina si aggiorna da sola fra { $seconds } secondi.
    }
plain-rests = Questa pagina non si aggiorna più da sola.
plain-look = Aggiorna adesso
plain-rest = Ferma l’aggiornamento automatico
plain-go-on = Riprendi l’aggiornamento automatico
plain-cookies-headline = Questo browser non conserva i cookie
plain-cookies-explanation = Senza JavaScript, il tuo posto in coda può essere conservato solo in un cookie, e questo browser non ci ha rimandato il nostro. Consenti i cookie per questo sito, oppure attiva JavaScript, e riprova.
plain-try-again = Riprova

## Pages that say why there is no waiting room

sorry-later-headline = Un momento, per favore
sorry-later-explanation =
    { $seconds ->
        [one] La sala d’attesa ora non può rispondere. Questa pagina riprova da sola fra { $seconds } secondo; ricaricarla prima non ti farà entrare più in fretta.
        [many] La sala d’attesa ora non può rispondere. Questa pagina riprova da sola fra { $seconds } secondi; ricaricarla prima non ti farà entrare più in fretta.
       *[other] La sala d’attesa ora non può rispondere. Questa pagina riprova da sola fra { $seconds } secondi; ricaricarla prima non ti farà entrare più in fretta.
    }
sorry-return-explanation = Il link che hai seguito indica un indirizzo a cui questa sala d’attesa non porta. Torna al sito da cui arrivi e riprova da lì.
sorry-unknown-headline = Questa sala d’attesa non esiste
sorry-unknown-explanation = Controlla il link, oppure torna al sito da cui arrivi e riprova da lì.
sorry-other-headline = Da qui non puoi metterti in coda
sorry-other-explanation = Torna al sito da cui arrivi e riprova da lì.
sorry-sign-in-explanation = Il sito da cui arrivi ha chiesto qualcosa a cui questa sala d’attesa non può rispondere. Torna lì e riprova.
sorry-sign-in-why = Per chi gestisce quel sito:
sorry-signed-out-explanation = Il tuo posto è stato restituito. Puoi chiudere questa pagina.
