# The texts of the waiting-room page in Spanish; what each is for stands in en.ftl, in the same order.
# Visitors are addressed as "usted". "Fila", which is understood everywhere, rather than "cola".

## The frame of the page

room-name = Sala de espera
language = Idioma
close = Cerrar

## Before the opening

early-headline = La fila todavía no está abierta
early-when = Se abre el { DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }.
early-explanation = Deje esta página abierta: cuando se abra la fila, le dará un lugar por sí sola. Recargarla no hará que entre antes.
early-now-headline = La fila se está abriendo
early-now-explanation = En unos instantes recibirá su lugar, sin hacer nada.
early-last-minute = La fila se abre en menos de un minuto.
countdown-days =
    { $count ->
        [one] día
        [many] días
       *[other] días
    }
countdown-hours =
    { $count ->
        [one] hora
        [many] horas
       *[other] horas
    }
countdown-minutes =
    { $count ->
        [one] minuto
        [many] minutos
       *[other] minutos
    }
countdown-seconds =
    { $count ->
        [one] segundo
        [many] segundos
       *[other] segundos
    }
countdown-figure = { NUMBER($count, minimumIntegerDigits: 2) }
clock-minutes = { $minutes }:{ NUMBER($seconds, minimumIntegerDigits: 2) }
clock-hours = { $hours }:{ NUMBER($minutes, minimumIntegerDigits: 2) }:{ NUMBER($seconds, minimumIntegerDigits: 2) }

## Joining

joining-headline = Le estamos dando un lugar en la fila
joining-explanation = Solo tarda un momento.

## Waiting

mark-waiting = Está en la fila
mark-near = Ya casi es su turno
mark-paused = En pausa
ahead-figure = { $ahead }
ahead-label =
    { $ahead ->
        [one] persona delante de usted
        [many] de personas delante de usted
       *[other] personas delante de usted
    }
next-figure = Su turno es el siguiente
next-label = No queda nadie delante de usted.
progress-label = Su avance en la fila
progress-start = Su llegada
progress-end = Su turno
number-label = Su número
number-figure = { $number }
serving-label = Último número llamado
serving-figure = { $serving }
wait-label = Espera estimada

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = menos de un minuto
wait-minutes =
    { $minutes ->
        [one] alrededor de { $minutes } minuto
        [many] alrededor de { $minutes } minutos
       *[other] alrededor de { $minutes } minutos
    }
wait-hours =
    { $hours ->
        [one] alrededor de { $hours } hora
        [many] alrededor de { $hours } horas
       *[other] alrededor de { $hours } horas
    }
wait-up-to-minutes =
    { $minutes ->
        [one] hasta { $minutes } minuto
        [many] hasta { $minutes } minutos
       *[other] hasta { $minutes } minutos
    }
wait-up-to-hours =
    { $hours ->
        [one] hasta { $hours } hora
        [many] hasta { $hours } horas
       *[other] hasta { $hours } horas
    }
wait-range-minutes =
    { $high ->
        [one] entre { $low } y { $high } minuto
        [many] entre { $low } y { $high } minutos
       *[other] entre { $low } y { $high } minutos
    }
wait-range-hours =
    { $high ->
        [one] entre { $low } y { $high } hora
        [many] entre { $low } y { $high } horas
       *[other] entre { $low } y { $high } horas
    }
wait-range-minutes-hours =
    { $high ->
        [one] entre { $low } minutos y { $high } hora
        [many] entre { $low } minutos y { $high } horas
       *[other] entre { $low } minutos y { $high } horas
    }
wait-minutes-or-more =
    { $minutes ->
        [one] alrededor de { $minutes } minuto o más
        [many] alrededor de { $minutes } minutos o más
       *[other] alrededor de { $minutes } minutos o más
    }
wait-hours-or-more =
    { $hours ->
        [one] alrededor de { $hours } hora o más
        [many] alrededor de { $hours } horas o más
       *[other] alrededor de { $hours } horas o más
    }
wait-long = más de { $hours } horas
wait-unclear = aún no está claro
wait-unknown = aún no se sabe
wait-on-hold = en pausa
wait-for-room = hasta que haya espacio
wait-unread = …
sure-minutes =
    { $minutes ->
        [one] Nueve de cada diez personas no esperan más de { $minutes } minuto.
        [many] Nueve de cada diez personas no esperan más de { $minutes } minutos.
       *[other] Nueve de cada diez personas no esperan más de { $minutes } minutos.
    }
sure-hours =
    { $hours ->
        [one] Nueve de cada diez personas no esperan más de { $hours } hora.
        [many] Nueve de cada diez personas no esperan más de { $hours } horas.
       *[other] Nueve de cada diez personas no esperan más de { $hours } horas.
    }
sure-rough = Es una estimación aproximada: la fila no avanza de manera uniforme.
sure-unknown = La estimación aparecerá cuando la fila lleve un rato avanzando.
sure-paused = La espera continuará cuando la fila vuelva a avanzar.

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = La fila está en pausa por un momento. Usted conserva su lugar.
closed-note = La fila ya no admite a nadie más. Usted conserva su lugar.
changed-held = El sitio está muy ocupado, por eso la fila va más despacio por ahora. Usted conserva su lugar.
changed-slower = La fila avanza más despacio que antes, así que la espera es más larga.
changed-faster = La fila avanza más rápido que antes, así que la espera es más corta.
notice-carried = Su lugar ha llegado desde su otro dispositivo.
notice-carry-behind = El lugar de ese enlace está más atrás que el que tiene aquí, así que conserva el suyo.
notice-carry-refused = El lugar de ese enlace ya no es válido.

## What happens next, under the figures while waiting

next-goes-on = Cuando sea su turno, esta página le hará pasar por sí sola.
next-says-so = Cuando sea su turno, esta página se lo dirá.
next-kept-minutes =
    { $minutes ->
        [one] Si en ese momento no está, se le guarda el lugar durante { $minutes } minuto.
        [many] Si en ese momento no está, se le guarda el lugar durante { $minutes } minutos.
       *[other] Si en ese momento no está, se le guarda el lugar durante { $minutes } minutos.
    }
next-kept-hours =
    { $hours ->
        [one] Si en ese momento no está, se le guarda el lugar durante { $hours } hora.
        [many] Si en ese momento no está, se le guarda el lugar durante { $hours } horas.
       *[other] Si en ese momento no está, se le guarda el lugar durante { $hours } horas.
    }
next-kept = Si en ese momento no está, se le guarda el lugar.
hint-kept = Su lugar queda guardado en este navegador: puede recargar esta página, o cerrarla y volver.
hint-fragile = Este navegador no guarda nada: si cierra o recarga esta página, perderá su lugar. Déjela abierta o lleve su lugar a otro dispositivo.

## Your turn

turn-headline = Es su turno
turn-explanation = Le estamos abriendo la puerta…
door-headline = Está en la puerta
door-paused = Por el momento no entra nadie. Entrará en cuanto la fila vuelva a avanzar.
door-full = Ya es su turno, pero el sitio está lleno por un momento. Entrará en cuanto haya espacio.
take-by-label = Se le guarda el lugar durante
admitted-going = Le estamos llevando allí…
admitted-held = Elija «Continuar» para pasar.
admitted-elsewhere = Ya puede pasar, y lo está haciendo en otra pestaña. Elija «Continuar» para pasar en esta.
admitted-here = Ya puede pasar.
admission-label = Su acceso es válido durante
continue = Continuar

## The place is gone

reset-headline = La fila ha empezado de nuevo
reset-explanation = El organizador ha reiniciado esta fila; los lugares anteriores ya no valen. Puede unirse a la nueva.
expired-headline = Su lugar ha caducado
expired-explanation = Se llamó a su número, pero no se presentó a tiempo. Puede volver a ponerse al final de la fila.
expired-minutes =
    { $minutes ->
        [one] Se llamó a su número { $number } y se le guardó el lugar durante { $minutes } minuto, pero nadie lo ocupó en ese tiempo. Puede volver a ponerse al final de la fila.
        [many] Se llamó a su número { $number } y se le guardó el lugar durante { $minutes } minutos, pero nadie lo ocupó en ese tiempo. Puede volver a ponerse al final de la fila.
       *[other] Se llamó a su número { $number } y se le guardó el lugar durante { $minutes } minutos, pero nadie lo ocupó en ese tiempo. Puede volver a ponerse al final de la fila.
    }
expired-hours =
    { $hours ->
        [one] Se llamó a su número { $number } y se le guardó el lugar durante { $hours } hora, pero nadie lo ocupó en ese tiempo. Puede volver a ponerse al final de la fila.
        [many] Se llamó a su número { $number } y se le guardó el lugar durante { $hours } horas, pero nadie lo ocupó en ese tiempo. Puede volver a ponerse al final de la fila.
       *[other] Se llamó a su número { $number } y se le guardó el lugar durante { $hours } horas, pero nadie lo ocupó en ese tiempo. Puede volver a ponerse al final de la fila.
    }
left-headline = Ha salido de la fila
left-explanation = Ha cedido su lugar. Si todavía quiere entrar, puede volver a ponerse al final de la fila.
ended-headline = Su visita ha terminado
ended-explanation = Ya entró con este lugar, y esa visita ha terminado. Para volver, póngase de nuevo en la fila.
over-headline = Su acceso ha caducado
over-explanation = Pudo entrar, y el tiempo que tenía ha terminado. Para volver, póngase de nuevo en la fila.
again = Volver a la fila

## There is no line to be in

closed-headline = Esta fila está cerrada
closed-explanation = Por el momento no se admite a nadie. Deje esta página abierta: recibirá un lugar cuando se abra.
soldout-headline = Agotado
soldout-explanation = Ya no queda nada, así que la fila no admite a nadie más.
soldout-kept = Ya no queda nada, así que no entrará nadie más. Lo sentimos. Conserva su número { $number }, por si eso cambia.
unknown-headline = Aquí no hay ninguna fila
unknown-explanation = Puede que la dirección esté mal escrita o que el evento haya terminado. Compruebe de dónde viene el enlace.
astray-headline = Desde aquí no podemos llevarle más lejos
astray-explanation = Esta página no lleva al sitio del que viene, o ha estado abierta demasiado tiempo. Vuelva allí e inténtelo de nuevo.

## How things stand between page and server

fresh-connecting = Conectando…
fresh-now = Actualizado ahora mismo
fresh-seconds =
    { $seconds ->
        [one] Actualizado hace { $seconds } segundo
        [many] Actualizado hace { $seconds } segundos
       *[other] Actualizado hace { $seconds } segundos
    }
fresh-minutes =
    { $minutes ->
        [one] Actualizado hace { $minutes } minuto
        [many] Actualizado hace { $minutes } minutos
       *[other] Actualizado hace { $minutes } minutos
    }
fresh-rarely = Esta página vuelve a mirar cada medio minuto.
trouble-offline = Se perdió la conexión. Intentándolo de nuevo…
trouble-busy = Hay mucha gente ahora mismo. Intentándolo de nuevo…
trouble-offline-kept = Se perdió la conexión. Su lugar está a salvo. Intentándolo de nuevo…
trouble-busy-kept = Hay mucha gente ahora mismo. Su lugar está a salvo. Intentándolo de nuevo…

## From the organiser

message-label = Mensaje del organizador

## Tell me when it's my turn

call-button = Avisarme cuando sea mi turno
call-explanation = Deje esta página abierta y haga otra cosa mientras tanto. Cuando sea su turno, le avisará y seguirá por sí sola.
call-sound = Reproducir un sonido
call-vibration = Vibrar
call-notification = Mostrar una notificación
call-screen = Mantener la pantalla encendida
call-try = Escucharlo ahora
call-notification-refused = Su navegador no permite que esta página muestre notificaciones. Puede cambiarlo en su configuración.
call-screen-refused = Su dispositivo no permite que esta página mantenga la pantalla encendida.
call-notice = Es su turno
call-notice-text = { $title }: ya puede entrar.

## Take my place to another device

device-button = Llevar mi lugar a otro dispositivo
device-explanation = Escanee el código con el otro dispositivo, o abra allí el enlace. Aquí su lugar también sigue siendo válido.
device-warning = Quien tenga este enlace tiene su lugar. No se lo dé a nadie.
device-code = Código QR con el enlace a su lugar
device-link = Enlace a su lugar
device-copy = Copiar el enlace
device-copied = Copiado
device-not-copied = El enlace está seleccionado: cópielo desde aquí.
device-share = Compartir…
device-share-title = Mi lugar en la fila: { $title }

## Leave the line

leave-button = Salir de la fila
leave-headline = ¿Salir de la fila?
leave-explanation = Perderá definitivamente su número { $number }. Para volver, tendría que ponerse de nuevo al final de la fila.
leave-confirm = Ceder mi lugar
leave-stay = Seguir en la fila
leave-failed = No ha funcionado; sigue en la fila. Inténtelo de nuevo.

## Told to screen readers, when it changes

spoken-number = Tiene el número { $number } en la fila.
spoken-crowd =
    { $people ->
        [one] Menos de { $people } persona delante de usted.
        [many] Menos de { $people } de personas delante de usted.
       *[other] Menos de { $people } personas delante de usted.
    }
spoken-next = Su turno es el siguiente.

## The page without JavaScript: what it says besides the above

plain-opens = Se abre el { DATETIME($at, dateStyle: "full", timeStyle: "short") } UTC.
plain-opens-days =
    { $days ->
        [one] Falta alrededor de { $days } día.
        [many] Faltan alrededor de { $days } días.
       *[other] Faltan alrededor de { $days } días.
    }
plain-opens-hours =
    { $hours ->
        [one] Falta alrededor de { $hours } hora.
        [many] Faltan alrededor de { $hours } horas.
       *[other] Faltan alrededor de { $hours } horas.
    }
plain-opens-minutes =
    { $minutes ->
        [one] Falta alrededor de { $minutes } minuto.
        [many] Faltan alrededor de { $minutes } minutos.
       *[other] Faltan alrededor de { $minutes } minutos.
    }
plain-opens-now = Falta menos de un minuto.
plain-looks =
    { $seconds ->
        [one] Esta página se actualiza por sí sola en { $seconds } segundo.
        [many] Esta página se actualiza por sí sola en { $seconds } segundos.
       *[other] Esta página se actualiza por sí sola en { $seconds } segundos.
    }
plain-rests = Esta página ya no se actualiza por sí sola.
plain-look = Actualizar ahora
plain-rest = Detener la actualización automática
plain-go-on = Reanudar la actualización automática
plain-cookies-headline = Este navegador no guarda cookies
plain-cookies-explanation = Sin JavaScript, su lugar en la fila solo puede guardarse en una cookie, y este navegador no nos la ha devuelto. Permita las cookies para este sitio, o active JavaScript, e inténtelo de nuevo.
plain-try-again = Intentar de nuevo

## Pages that say why there is no waiting room

sorry-later-headline = Un momento, por favor
sorry-later-explanation =
    { $seconds ->
        [one] La sala de espera no puede responder ahora mismo. Esta página lo intentará de nuevo por sí sola en { $seconds } segundo; recargarla antes no hará que entre más rápido.
        [many] La sala de espera no puede responder ahora mismo. Esta página lo intentará de nuevo por sí sola en { $seconds } segundos; recargarla antes no hará que entre más rápido.
       *[other] La sala de espera no puede responder ahora mismo. Esta página lo intentará de nuevo por sí sola en { $seconds } segundos; recargarla antes no hará que entre más rápido.
    }
sorry-return-explanation = El enlace que le ha traído indica una dirección a la que esta sala de espera no lleva. Vuelva al sitio del que viene e inténtelo de nuevo allí.
sorry-unknown-headline = Esta sala de espera no existe
sorry-unknown-explanation = Compruebe el enlace, o vuelva al sitio del que viene e inténtelo de nuevo allí.
sorry-other-headline = Desde aquí no puede unirse a la fila
sorry-other-explanation = Vuelva al sitio del que viene e inténtelo de nuevo allí.
sorry-sign-in-explanation = El sitio del que viene ha pedido algo a lo que esta sala de espera no puede responder. Vuelva a él e inténtelo de nuevo.
sorry-sign-in-why = Para quienes administran ese sitio:
sorry-signed-out-explanation = Su lugar ha quedado libre. Puede cerrar esta página.
