import { expect, test } from 'vitest'
import { isBareThanks } from './bare-thanks.ts'

test.each([
  'Thanks!',
  'Thank you very much, Sam!',
  'Hi Sam,\n\nthanks for your help!\n\nBest regards\nKim Miller',
  'Perfect, it works now. Thanks a lot :-)',
  'THX',
  'Vielen Dank für die schnelle Hilfe!\n\nMit freundlichen Grüßen\nAnna Weber',
  'Danke, klappt jetzt.',
  'Hallo Herr Müller, vielen Dank!',
  'Merci beaucoup pour votre aide.\nBonne journée',
  'Muchas gracias por su ayuda',
  'Grazie mille, buona giornata',
  'Muito obrigada!',
  'Hartelijk dank voor uw reactie, fijne dag nog',
  'Tack så mycket!',
  'Tusen takk for hjelpen',
  'Kiitos avusta!',
  'Dziękuję bardzo za pomoc. Pozdrawiam',
  'Děkuji za odpověď',
  'Большое спасибо за помощь!',
  'Köszönöm szépen',
  'Çok teşekkür ederim',
  'ありがとうございました。',
  '谢谢您的帮助',
  '감사합니다',
  'شكرا جزيلا',
  'Thanks 👍',
])('%j is thanks and nothing else', (text) => {
  expect(isBareThanks(text)).toBe(true)
})

test.each([
  '',
  'Perfect.',
  'Hi Sam',
  'Thanks, but it still does not work',
  'Thanks! Could you also reset my password?',
  'Thanks. The printer is broken again.',
  'Thanks for nothing',
  'Danke, geht leider nicht',
  'Danke. Und wann kommt der Techniker',
  'Vielen Dank, die Rechnung 4711 fehlt noch',
  'No thanks',
  'Merci, mais ça ne marche pas',
  'Gracias, pero sigue igual',
  'Спасибо, не работает',
  'ありがとうございます。まだ動きません',
  '谢谢，还是不行',
  'Thanks, see https://example.org',
  'Thanks. My new address is kim@example.org',
  'help thanks',
  `Thanks ${'very much '.repeat(60)}`,
])('%j wants to be read', (text) => {
  expect(isBareThanks(text)).toBe(false)
})
