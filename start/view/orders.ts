export { dayText, kindName, windowText } from '#orders/words'
