# The texts of the waiting-room page in Portuguese, as in Brazil; what each is for stands in en.ftl, in the same order.
# Visitors are addressed as "você".

## The frame of the page

room-name = Sala de espera
language = Idioma
close = Fechar

## Before the opening

early-headline = A fila ainda não abriu
early-when = Ela abre { DATETIME($at, weekday: "long", day: "numeric", month: "long", hour: "numeric", minute: "2-digit", timeZoneName: "short") }.
early-explanation = Deixe esta página aberta: quando a fila abrir, você recebe um lugar automaticamente. Recarregar não faz você entrar antes.
early-now-headline = A fila está abrindo
early-now-explanation = Em instantes você recebe seu lugar, automaticamente.
early-last-minute = A fila abre em menos de um minuto.
countdown-days =
    { $count ->
        [one] dia
        [many] dias
       *[other] dias
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

joining-headline = Estamos reservando seu lugar na fila
joining-explanation = É só um instante.

## Waiting

mark-waiting = Você está na fila
mark-near = Quase na sua vez
mark-paused = Em pausa
ahead-figure = { $ahead }
ahead-label =
    { $ahead ->
        [one] pessoa na sua frente
        [many] de pessoas na sua frente
       *[other] pessoas na sua frente
    }
next-figure = A próxima vez é a sua
next-label = Não há mais ninguém à sua frente.
progress-label = Seu caminho na fila
progress-start = Sua chegada
progress-end = Sua vez
number-label = Seu número
number-figure = { $number }
serving-label = Último número chamado
serving-figure = { $serving }
wait-label = Espera prevista

## The expected wait, under its name. Minutes are whole; hours may be 1.5, 2, 2.5 ...

wait-short = menos de um minuto
wait-minutes =
    { $minutes ->
        [one] cerca de { $minutes } minuto
        [many] cerca de { $minutes } minutos
       *[other] cerca de { $minutes } minutos
    }
wait-hours =
    { $hours ->
        [one] cerca de { $hours } hora
        [many] cerca de { $hours } horas
       *[other] cerca de { $hours } horas
    }
wait-up-to-minutes =
    { $minutes ->
        [one] até { $minutes } minuto
        [many] até { $minutes } minutos
       *[other] até { $minutes } minutos
    }
wait-up-to-hours =
    { $hours ->
        [one] até { $hours } hora
        [many] até { $hours } horas
       *[other] até { $hours } horas
    }
wait-range-minutes =
    { $high ->
        [one] cerca de { $low } a { $high } minuto
        [many] cerca de { $low } a { $high } minutos
       *[other] cerca de { $low } a { $high } minutos
    }
wait-range-hours =
    { $high ->
        [one] cerca de { $low } a { $high } hora
        [many] cerca de { $low } a { $high } horas
       *[other] cerca de { $low } a { $high } horas
    }
wait-range-minutes-hours =
    { $high ->
        [one] cerca de { $low } minutos a { $high } hora
        [many] cerca de { $low } minutos a { $high } horas
       *[other] cerca de { $low } minutos a { $high } horas
    }
wait-minutes-or-more =
    { $minutes ->
        [one] cerca de { $minutes } minuto ou mais
        [many] cerca de { $minutes } minutos ou mais
       *[other] cerca de { $minutes } minutos ou mais
    }
wait-hours-or-more =
    { $hours ->
        [one] cerca de { $hours } hora ou mais
        [many] cerca de { $hours } horas ou mais
       *[other] cerca de { $hours } horas ou mais
    }
wait-long = mais de { $hours } horas
wait-unclear = ainda incerta
wait-unknown = ainda não se sabe
wait-on-hold = em pausa
wait-for-room = até haver espaço
wait-unread = …
sure-minutes =
    { $minutes ->
        [one] Nove em cada dez pessoas não esperam mais de { $minutes } minuto.
        [many] Nove em cada dez pessoas não esperam mais de { $minutes } minutos.
       *[other] Nove em cada dez pessoas não esperam mais de { $minutes } minutos.
    }
sure-hours =
    { $hours ->
        [one] Nove em cada dez pessoas não esperam mais de { $hours } hora.
        [many] Nove em cada dez pessoas não esperam mais de { $hours } horas.
       *[other] Nove em cada dez pessoas não esperam mais de { $hours } horas.
    }
sure-rough = É uma estimativa aproximada: a fila não anda sempre no mesmo ritmo.
sure-unknown = A estimativa aparece depois que a fila andar por algum tempo.
sure-paused = A espera continua quando a fila voltar a andar.

## Notes: what the state of the line means for whoever is in it, and why the wait is another

paused-note = A fila está em pausa no momento. Você mantém seu lugar.
closed-note = A fila não aceita mais ninguém. Você mantém seu lugar.
changed-held = O site está muito movimentado, por isso a fila anda mais devagar no momento. Você mantém seu lugar.
changed-slower = A fila está andando mais devagar do que antes, por isso a espera é maior.
changed-faster = A fila está andando mais rápido do que antes, por isso a espera é menor.
notice-carried = Seu lugar veio do seu outro dispositivo.
notice-carry-behind = O lugar desse link está mais atrás do que o que você tem aqui, por isso você mantém o seu.
notice-carry-refused = O lugar desse link não vale mais.

## What happens next, under the figures while waiting

next-goes-on = Quando for a sua vez, esta página leva você adiante automaticamente.
next-says-so = Quando for a sua vez, esta página avisa você.
next-kept-minutes =
    { $minutes ->
        [one] Se você não estiver presente nesse momento, seu lugar fica guardado por { $minutes } minuto.
        [many] Se você não estiver presente nesse momento, seu lugar fica guardado por { $minutes } minutos.
       *[other] Se você não estiver presente nesse momento, seu lugar fica guardado por { $minutes } minutos.
    }
next-kept-hours =
    { $hours ->
        [one] Se você não estiver presente nesse momento, seu lugar fica guardado por { $hours } hora.
        [many] Se você não estiver presente nesse momento, seu lugar fica guardado por { $hours } horas.
       *[other] Se você não estiver presente nesse momento, seu lugar fica guardado por { $hours } horas.
    }
next-kept = Se você não estiver presente nesse momento, seu lugar fica guardado.
hint-kept = Seu lugar está guardado neste navegador: você pode recarregar esta página, ou fechá-la e voltar depois.
hint-fragile = Este navegador não guarda nada: se você fechar ou recarregar esta página, perde seu lugar. Deixe-a aberta ou leve seu lugar para outro dispositivo.

## Your turn

turn-headline = É a sua vez
turn-explanation = Abrindo a porta para você…
door-headline = Você está na porta
door-paused = Ninguém entra no momento. Você entra assim que a fila voltar a andar.
door-full = Seu número já foi chamado, mas o site está cheio no momento. Você entra assim que houver espaço.
take-by-label = Seu lugar fica guardado por
admitted-going = Levando você até lá…
admitted-held = Escolha “Continuar” para entrar.
admitted-elsewhere = Você já pode entrar e está entrando por outra aba. Escolha “Continuar” para entrar por esta.
admitted-here = Você já pode entrar.
admission-label = Seu acesso é válido por
continue = Continuar

## The place is gone

reset-headline = A fila recomeçou
reset-explanation = A organização reiniciou esta fila; os lugares anteriores não valem mais. Você pode entrar na nova.
expired-headline = Seu lugar expirou
expired-explanation = Seu número foi chamado, mas o lugar não foi usado a tempo. Você pode entrar de novo no fim da fila.
expired-minutes =
    { $minutes ->
        [one] Seu número { $number } foi chamado e o lugar ficou guardado por { $minutes } minuto, mas não foi usado nesse tempo. Você pode entrar de novo no fim da fila.
        [many] Seu número { $number } foi chamado e o lugar ficou guardado por { $minutes } minutos, mas não foi usado nesse tempo. Você pode entrar de novo no fim da fila.
       *[other] Seu número { $number } foi chamado e o lugar ficou guardado por { $minutes } minutos, mas não foi usado nesse tempo. Você pode entrar de novo no fim da fila.
    }
expired-hours =
    { $hours ->
        [one] Seu número { $number } foi chamado e o lugar ficou guardado por { $hours } hora, mas não foi usado nesse tempo. Você pode entrar de novo no fim da fila.
        [many] Seu número { $number } foi chamado e o lugar ficou guardado por { $hours } horas, mas não foi usado nesse tempo. Você pode entrar de novo no fim da fila.
       *[other] Seu número { $number } foi chamado e o lugar ficou guardado por { $hours } horas, mas não foi usado nesse tempo. Você pode entrar de novo no fim da fila.
    }
left-headline = Você saiu da fila
left-explanation = Você abriu mão do seu lugar. Se ainda quiser entrar, pode voltar para o fim da fila.
ended-headline = Sua visita terminou
ended-explanation = Você já entrou com este lugar, e essa visita terminou. Para voltar, entre na fila de novo.
over-headline = Seu acesso expirou
over-explanation = Você pôde entrar, e o tempo que tinha acabou. Para voltar, entre na fila de novo.
again = Entrar na fila de novo

## There is no line to be in

closed-headline = Esta fila está fechada
closed-explanation = Ninguém é aceito no momento. Deixe esta página aberta: você recebe um lugar quando a fila abrir.
soldout-headline = Esgotado
soldout-explanation = Acabou tudo, por isso a fila não aceita mais ninguém.
soldout-kept = Acabou tudo, por isso ninguém mais entra. Sentimos muito. Você mantém seu número { $number }, caso isso mude.
unknown-headline = Não há nenhuma fila aqui
unknown-explanation = O endereço pode estar errado, ou o evento já terminou. Confira o link que trouxe você até aqui.
astray-headline = Não conseguimos levar você adiante a partir daqui
astray-explanation = Esta página não leva ao lugar de onde você veio, ou ficou aberta por tempo demais. Volte para lá e tente de novo.

## How things stand between page and server

fresh-connecting = Conectando…
fresh-now = Atualizado agora mesmo
fresh-seconds =
    { $seconds ->
        [one] Atualizado há { $seconds } segundo
        [many] Atualizado há { $seconds } segundos
       *[other] Atualizado há { $seconds } segundos
    }
fresh-minutes =
    { $minutes ->
        [one] Atualizado há { $minutes } minuto
        [many] Atualizado há { $minutes } minutos
       *[other] Atualizado há { $minutes } minutos
    }
fresh-rarely = Esta página verifica de novo a cada meio minuto.
trouble-offline = Conexão perdida. Tentando de novo…
trouble-busy = Muito movimento agora. Tentando de novo…
trouble-offline-kept = Conexão perdida. Seu lugar está garantido. Tentando de novo…
trouble-busy-kept = Muito movimento agora. Seu lugar está garantido. Tentando de novo…

## From the organiser

message-label = Mensagem da organização

## Tell me when it's my turn

call-button = Avise quando for a minha vez
call-explanation = Deixe esta página aberta e faça outra coisa enquanto isso. Quando for a sua vez, ela chama você e segue automaticamente.
call-sound = Tocar um som
call-vibration = Vibrar
call-notification = Mostrar uma notificação
call-screen = Manter a tela ligada
call-try = Ouvir agora
call-notification-refused = Seu navegador não permite que esta página mostre notificações. Você pode mudar isso nas configurações dele.
call-screen-refused = Seu dispositivo não permite que esta página mantenha a tela ligada.
call-notice = É a sua vez
call-notice-text = { $title }: você já pode entrar.

## Take my place to another device

device-button = Levar meu lugar para outro dispositivo
device-explanation = Leia o código com o outro dispositivo ou abra o link nele. Seu lugar continua valendo aqui também.
device-warning = Quem tem este link tem o seu lugar. Não passe para ninguém.
device-code = Código QR com o link para o seu lugar
device-link = Link para o seu lugar
device-copy = Copiar link
device-copied = Copiado
device-not-copied = O link está selecionado: copie-o daqui.
device-share = Compartilhar…
device-share-title = Meu lugar na fila: { $title }

## Leave the line

leave-button = Sair da fila
leave-headline = Sair da fila?
leave-explanation = Seu número { $number } será perdido de vez. Para voltar, você teria que entrar de novo no fim da fila.
leave-confirm = Abrir mão do meu lugar
leave-stay = Continuar na fila
leave-failed = Não deu certo; você continua na fila. Tente de novo.

## Told to screen readers, when it changes

spoken-number = Você tem o número { $number } na fila.
spoken-crowd =
    { $people ->
        [one] Menos de { $people } pessoa na sua frente.
        [many] Menos de { $people } de pessoas na sua frente.
       *[other] Menos de { $people } pessoas na sua frente.
    }
spoken-next = A próxima vez é a sua.

## The page without JavaScript: what it says besides the above

plain-opens = Ela abre { DATETIME($at, dateStyle: "full", timeStyle: "short") } UTC.
plain-opens-days =
    { $days ->
        [one] Falta cerca de { $days } dia.
        [many] Faltam cerca de { $days } dias.
       *[other] Faltam cerca de { $days } dias.
    }
plain-opens-hours =
    { $hours ->
        [one] Falta cerca de { $hours } hora.
        [many] Faltam cerca de { $hours } horas.
       *[other] Faltam cerca de { $hours } horas.
    }
plain-opens-minutes =
    { $minutes ->
        [one] Falta cerca de { $minutes } minuto.
        [many] Faltam cerca de { $minutes } minutos.
       *[other] Faltam cerca de { $minutes } minutos.
    }
plain-opens-now = Falta menos de um minuto.
plain-looks =
    { $seconds ->
        [one] Esta página se atualiza sozinha em { $seconds } segundo.
        [many] Esta página se atualiza sozinha em { $seconds } segundos.
       *[other] Esta página se atualiza sozinha em { $seconds } segundos.
    }
plain-rests = Esta página não se atualiza mais sozinha.
plain-look = Atualizar agora
plain-rest = Parar a atualização automática
plain-go-on = Retomar a atualização automática
plain-cookies-headline = Este navegador não guarda cookies
plain-cookies-explanation = Sem JavaScript, seu lugar na fila só pode ficar guardado em um cookie, e este navegador não enviou o nosso de volta. Permita cookies para este site, ou ative o JavaScript, e tente de novo.
plain-try-again = Tentar de novo

## Pages that say why there is no waiting room

sorry-later-headline = Um momento, por favor
sorry-later-explanation =
    { $seconds ->
        [one] A sala de espera não consegue responder agora. Esta página tenta de novo sozinha em { $seconds } segundo; recarregar antes não faz você entrar mais rápido.
        [many] A sala de espera não consegue responder agora. Esta página tenta de novo sozinha em { $seconds } segundos; recarregar antes não faz você entrar mais rápido.
       *[other] A sala de espera não consegue responder agora. Esta página tenta de novo sozinha em { $seconds } segundos; recarregar antes não faz você entrar mais rápido.
    }
sorry-return-explanation = O link que trouxe você indica um endereço ao qual esta sala de espera não leva. Volte ao site de onde você veio e tente de novo por lá.
sorry-unknown-headline = Esta sala de espera não existe
sorry-unknown-explanation = Confira o link, ou volte ao site de onde você veio e tente de novo por lá.
sorry-other-headline = Não é possível entrar na fila por aqui
sorry-other-explanation = Volte ao site de onde você veio e tente de novo por lá.
sorry-sign-in-explanation = O site de onde você veio pediu algo a que esta sala de espera não pode responder. Volte para lá e tente de novo.
sorry-sign-in-why = Para quem cuida desse site:
sorry-signed-out-explanation = Seu lugar foi devolvido. Você pode fechar esta página.
